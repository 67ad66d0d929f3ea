"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, text, classes) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (classes) element.className = classes;
    return element;
  };
  const SVG = "http://www.w3.org/2000/svg";
  const shape = (name, attributes) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const thousands = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  // Microseconds, as the page writes them.
  const time = (us) => {
    if (us >= 6e7) {
      const minutes = Math.floor(us / 6e7);
      const rest = (us - minutes * 6e7) / 1e6;
      return minutes + "min" + (rest ? " " + Number(rest.toFixed(3)) + "s" : "");
    }
    if (us >= 1e6) return Number((us / 1e6).toFixed(6)) + "s";
    if (us >= 1e3) return Number((us / 1e3).toFixed(3)) + "ms";
    return us ? us + "us" : "0ns";
  };

  // Light or dark, if not as the system says.
  const theme = document.querySelector("button.theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  // What a link leads to is open; on paper everything is.
  const reveal = () => {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));

  const sections = [];
  const part = (section) => {
    const store = section.querySelector(":scope > script.data");
    const view = section.querySelector(":scope > section[data-end]");
    const self = { section, view, window: [0, 1000] };
    if (view) zooming(self);
    if (store) choosing(self, store);
    sections.push(self);
  };

  // Zoom: every plot of a time line shows the same stretch of it.
  const zooming = (self) => {
    const { view } = self;
    const end = Number(view.dataset.end);
    const bar = view.querySelector(".zoom");
    bar.hidden = false;
    self.draw = () => {
      const [from, to] = self.window;
      for (const plot of all(".plots .plot", view).concat(all(".own .plot", self.section))) {
        plot.setAttribute("viewBox", from + " 0 " + (to - from) + " 26");
      }
      for (const ticks of all(".ticks", view)) {
        [...ticks.children].forEach((tick, i) => {
          tick.textContent = time(Math.round(end * (from + (to - from) * i / 5) / 1000));
        });
      }
      bar.querySelector(".range").textContent = to - from < 1000
        ? time(Math.round(end * from / 1000)) + " to " + time(Math.round(end * to / 1000)) : "";
    };
    const moves = {
      in: ([from, to]) => [from + (to - from) / 4, to - (to - from) / 4],
      out: ([from, to]) => [from - (to - from) / 2, to + (to - from) / 2],
      left: ([from, to]) => [from - (to - from) / 4, to - (to - from) / 4],
      right: ([from, to]) => [from + (to - from) / 4, to + (to - from) / 4],
      all: () => [0, 1000],
    };
    const move = (how) => {
      let [from, to] = moves[how](self.window);
      const wide = Math.min(Math.max(to - from, 2), 1000);
      from = Math.min(Math.max(from, 0), 1000 - wide);
      self.window = [from, from + wide];
      self.draw();
    };
    bar.addEventListener("click", (event) => {
      const how = event.target.dataset.zoom;
      if (how) move(how);
    });
    bar.addEventListener("keydown", (event) => {
      const how = { "+": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", "0": "all" }[event.key];
      if (how) { move(how); event.preventDefault(); }
    });
  };

  // The way of a chosen tenant, and its row of the time line.
  const choosing = (self, store) => {
    const { section } = self;
    const { net, time: line } = JSON.parse(store.textContent);
    const names = net.tenants;
    const index = new Map(names.map((name, i) => [name, i]));
    const box = section.querySelector(":scope > .choose");
    const input = box.querySelector("input");
    const list = box.querySelector("datalist");
    const drawing = section.querySelector("svg.network");
    const edges = new Map(all(".edge", drawing).map((edge) => [Number(edge.dataset.e), edge]));
    const nodes = new Map(all(".node", drawing).map((node) => [Number(node.dataset.n), node]));
    box.hidden = false;
    // So long a list is slow, and nobody reads it: typing finds the rest.
    list.append(...names.slice(0, 400).map((name) => { const one = make("option"); one.value = name; return one; }));
    let chosen = Number(store.dataset.first);
    const words = (way) => {
      const seen = new Map();
      for (let i = 2; i < way.length; i += 3) {
        const label = net.labels[way[i]];
        if (!seen.has(label) || seen.get(label) > way[i + 2]) seen.set(label, way[i + 2]);
      }
      return seen;
    };
    const light = (tenant) => {
      all(".lit", drawing).forEach((one) => one.classList.remove("lit"));
      all(".tag", drawing).forEach((one) => one.remove());
      const tags = new Map();
      for (const way of net.ways[tenant]) {
        for (const edge of net.links[way[0]][3]) {
          if (!tags.has(edge)) tags.set(edge, new Map());
          for (const [label, since] of words(way)) {
            const known = tags.get(edge);
            if (!known.has(label) || known.get(label) > since) known.set(label, since);
          }
        }
      }
      for (const [edge, labels] of tags) {
        const [a, b, x, y, says] = net.edges[edge];
        for (const lit of [edges.get(edge), nodes.get(a), nodes.get(b)]) if (lit) lit.classList.add("lit");
        if (!says || !labels.size) continue;
        let texts = [...labels].sort((one, other) => one[1] - other[1]).map(([label]) => label);
        if (texts.length > 3) texts = texts.slice(0, 2).concat("\u2026");
        texts.forEach((text, row) => {
          const label = shape("text", { x, y: y + (row ? 6 + 12 * row : 0), class: "tag" });
          label.textContent = text.length > 13 ? text.slice(0, 12) + "\u2026" : text;
          drawing.append(label);
        });
      }
    };
    const hops = (tenant) => {
      const panel = section.querySelector(".way");
      panel.textContent = "";
      const head = make("h4", "The way of ");
      head.append(make("span", names[tenant], "who"));
      const region = make("div", undefined, "scroll");
      region.tabIndex = 0;
      region.setAttribute("role", "region");
      region.setAttribute("aria-label", "the way, link by link");
      const table = make("table", undefined, "hops");
      const row = (cells, name) => {
        const line = make("tr");
        cells.forEach((text, i) => {
          const cell = make(name, text, i > 2 ? "n" : "");
          if (name === "th") cell.scope = "col";
          line.append(cell);
        });
        return line;
      };
      const thead = make("thead");
      thead.append(row(["from and to", "link", "tags", "frames", "first bit at"], "th"));
      const body = make("tbody");
      for (const way of net.ways[tenant]) {
        const [name, a, b] = net.links[way[0]];
        const ends = way[1] ? [b, a] : [a, b];
        const there = ends.map((node) => net.nodes[node]).join(" \u2192 ");
        if (way.length === 2) body.append(row([there, name, "no frame was seen", "0", ""], "td"));
        for (let i = 2; i < way.length; i += 3) {
          body.append(row([there, name, net.labels[way[i]], thousands(way[i + 1]), time(way[i + 2])], "td"));
        }
      }
      table.append(thead, body);
      region.append(table);
      panel.append(head, region);
    };
    const strip = (tenant) => {
      if (!line) return;
      const [tone, says, arrived, offered, lost, open, slots] = line.strips[tenant];
      const glance = box.querySelector(".glance");
      glance.textContent = says;
      glance.className = "glance " + tone;
      const plot = shape("svg", { class: "plot", viewBox: "0 0 1000 26", preserveAspectRatio: "none", role: "img", "aria-label": names[tenant] + ": " + says });
      for (const [x, width] of line.bands) plot.append(shape("rect", { x, y: 0, width, height: 26, class: "band" }));
      for (let i = 0; i < open.length; i += 2) {
        plot.append(shape("rect", { x: open[i], y: 1, width: Math.max(open[i + 1] - open[i], 1), height: 3, class: "open" }));
      }
      const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
      const path = (levels) => {
        let d = "M0 25";
        [...levels].forEach((digit, i) => {
          const y = 25 - Math.floor(DIGITS.indexOf(digit) * 20 / 61);
          d += "H" + Math.floor(i * 1000 / levels.length) + "V" + y + "H" + Math.floor((i + 1) * 1000 / levels.length);
        });
        return d + "V25Z";
      };
      if (arrived || offered) {
        plot.append(shape("path", { d: path(offered || arrived), class: "offered" }));
        if (arrived) plot.append(shape("path", { d: path(arrived), class: "arrived" }));
      }
      for (let i = 0; i < lost.length; i += 2) {
        const x = Math.floor(lost[i] * 1000 / slots);
        const width = Math.floor((lost[i] + 1) * 1000 / slots) - x;
        plot.append(shape("rect", { x, y: 21, width, height: 5, class: "lost" }));
      }
      box.querySelector(".own").replaceChildren(plot);
      if (self.draw) self.draw();
    };
    const choose = (tenant, moves) => {
      chosen = tenant;
      input.value = names[tenant];
      all(".view .who", section).forEach((who) => { who.textContent = names[tenant]; });
      light(tenant);
      hops(tenant);
      strip(tenant);
      if (moves) history.replaceState(null, "", "#" + section.id + "/" + encodeURIComponent(names[tenant]));
    };
    self.choose = (name) => { if (index.has(name)) choose(index.get(name), false); };
    input.addEventListener("change", () => {
      const typed = input.value.trim();
      const found = index.has(typed) ? index.get(typed) : names.findIndex((name) => name.includes(typed));
      if (found >= 0) choose(found, true);
      else input.value = names[chosen];
    });
    box.addEventListener("click", (event) => {
      const step = Number(event.target.dataset.step);
      if (step) choose((chosen + step + names.length) % names.length, true);
    });
    choose(chosen, false);
  };

  all("main > section.part").forEach(part);
  // #s1/acme chooses a tenant.
  const deep = () => {
    const [id, name] = location.hash.slice(1).split("/");
    if (name === undefined) return;
    const self = sections.find((one) => one.section.id === id);
    if (!self || !self.choose) return;
    try { self.choose(decodeURIComponent(name)); } catch { return; }
    self.section.querySelector(".choose").scrollIntoView();
  };
  addEventListener("hashchange", deep);
  if (location.hash) { reveal(); deep(); }
})();
