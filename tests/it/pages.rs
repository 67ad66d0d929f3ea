//! Pages of reports in a real browser: nothing goes wrong in them, nothing is loaded, no name does harm, and
//! who cannot see or point reads them. Where no Chromium is installed the tests say so and are skipped.

mod browser;

use std::path::{Path, PathBuf};

use browser::Browser;
use serde_json::{Value as Json, json};
use trunklab::check::{Field, Standing, Value, judge};
use trunklab::control::Drawn;
use trunklab::evidence::Followed;
use trunklab::report::document::picture::{FrameTold, HopTold, Mark, Picture};
use trunklab::report::document::{Column, Document, Finding, Findings, Outcome, Part, Section, Table};
use trunklab::report::html::page;
use trunklab::report::{Noticed, RunReport, noticed, run_document, samples};
use trunklab::scenario::MemorySources;
use trunklab::{check::Case, load};

/// A folder of its own for one test, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("trunklab-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A shipped scenario's run, with its pictures.
fn run(path: &str) -> RunReport {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path);
    let plan = load(path, &MemorySources::new().with(path, text.as_str()))
        .expect(path)
        .plan;
    let (record, sampled) = trunklab::engine::run(&plan, Drawn::new(plan.seed), samples(&plan)).expect(path);
    let judgement = judge(&Case {
        plan: &plan,
        record: &record,
    });
    let noticed = noticed(&plan, &record, &judgement);
    let families: Vec<_> = noticed.iter().map(Noticed::family).collect();
    let (_, followed) =
        trunklab::engine::run(&plan, Drawn::new(plan.seed), Followed::new(families, plan.end)).expect(path);
    RunReport::new(path, &plan, &record, judgement).drawn(&plan, &record, &sampled, noticed, &followed.finish())
}

fn leak() -> Document {
    run_document(&[run("scenarios/isolation/planted-leak.yaml")], &[], true)
}

/// The page of a run whose every name is another: what each was, and everything that is shown of it.
fn renamed(name: &str) -> Document {
    let told = || name.to_owned();
    let mut report = run("scenarios/faults/circuit-cut.yaml");
    (report.source, report.name, report.command) = (told(), told(), told());
    for picture in &mut report.pictures {
        match picture {
            Picture::Network(all) => {
                all.nodes.iter_mut().for_each(|node| {
                    (node.name, node.owner, node.notes) = (told(), told(), vec![told()]);
                });
                all.links
                    .iter_mut()
                    .for_each(|link| (link.name, link.notes) = (told(), vec![told(), told()]));
                all.tenants
                    .iter_mut()
                    .enumerate()
                    .for_each(|(i, way)| way.name = format!("{name}{i}"));
            }
            Picture::Timeline(all) => {
                for lane in &mut all.lanes {
                    lane.name = told();
                    lane.marks.iter_mut().for_each(|mark: &mut Mark| mark.text = told());
                }
                for strip in &mut all.tenants {
                    (strip.name, strip.says, strip.because) = (told(), told(), vec![told()]);
                }
            }
            Picture::Delays(all) => all.iter_mut().for_each(|one| one.tenant = told()),
            Picture::Basis(rows) => rows.push(("assumptions", vec![told()])),
        }
    }
    let mut document = run_document(&[report], &[], false);
    let mut table = Table::new("names", name, &[Column::new("name", "name")], 1);
    table.push(vec![Value::text(name)]);
    let finding = Finding {
        outcome: Outcome::Bad,
        verdict: "FAIL".to_owned(),
        check: told(),
        subject: told(),
        text: told(),
        details: vec![told()],
        fields: vec![Field::new("expected", Value::text(name))],
        frames: vec![FrameTold {
            whose: told(),
            fate: told(),
            party: told(),
            octets: vec![1; 20],
            length: 0,
            hops: vec![HopTold {
                from: told(),
                link: told(),
                tags: told(),
                ..HopTold::default()
            }],
        }],
        ..Finding::default()
    };
    document.parts.push(Part::Sections {
        key: "more",
        shown: 1,
        sections: vec![Section {
            source: told(),
            subtitle: told(),
            parts: vec![
                Part::Table(table),
                Part::Findings(Findings {
                    key: "verdicts",
                    findings: vec![finding],
                    ..Findings::default()
                }),
                Part::Line(told()),
            ],
            ..Section::default()
        }],
    });
    document
}

fn quiet(browser: &Browser, file: &Path, what: &str) {
    assert_eq!(browser.console(), Vec::<String>::new(), "{what}: the console");
    let requests = browser.requests();
    let own = |url: &String| {
        url.starts_with("file://") && url.contains(&*file.file_name().expect("a name").to_string_lossy())
    };
    assert!(requests.len() == 1 && requests.iter().all(own), "{what}: {requests:?}");
}

#[test]
fn a_page_works_in_a_browser_and_asks_for_nothing_else() {
    let Some(browser) = Browser::start("works") else { return };
    let scratch = Scratch::new("page-works");
    let file = scratch.file("leak.html", &page(&leak(), Standing::Departs, "").expect("a page"));
    browser.open(&file, "");
    quiet(&browser, &file, "opened");
    let lit = "return [...document.querySelectorAll('.node.lit .name')].map(n => n.textContent).join(' ')";
    let way = browser.eval(lit).to_string();
    assert!(
        way.contains("acme-idc") && way.contains("globex-vbr"),
        "the leak is lit: {way}"
    );
    browser.eval("document.querySelector('[data-step=\"1\"]').click()");
    let way = browser.eval(lit).to_string();
    assert!(
        way.contains("globex-idc") && !way.contains("acme-idc"),
        "the next tenant is lit: {way}"
    );
    let heads = browser.eval("return document.querySelector('.way h4').textContent");
    assert_eq!(heads, "The way of globex");
    browser.eval("document.querySelector('[data-zoom=in]').click()");
    let shown = browser.eval("return document.querySelector('.plots .plot').getAttribute('viewBox')");
    assert_eq!(shown, "250 0 500 26", "half of the time");
    browser.open(&file, "#s1/acme");
    let chosen = browser.eval("return document.querySelector('.choose input').value");
    assert_eq!(chosen, "acme", "a link chooses a tenant");
    let inside = "return document.getElementById('s1-t-links').open";
    assert_eq!(browser.eval(inside), Json::Bool(true), "short tables are open");
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn a_page_reads_without_a_script_and_no_wider_than_its_window() {
    let Some(browser) = Browser::start("narrow") else {
        return;
    };
    let scratch = Scratch::new("page-narrow");
    let file = scratch.file("leak.html", &page(&leak(), Standing::Departs, "").expect("a page"));
    browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    browser.open(&file, "");
    let text = browser.devtools("Runtime.evaluate", &json!({ "expression": "document.body.innerText" }));
    let text = text["result"]["value"].as_str().expect("text").to_owned();
    for told in [
        "FAIL",
        "line 28 of the scenario",
        "The way of acme",
        "its frames were seen 12,202 times at another tenant's place",
        "first bit at",
    ] {
        assert!(text.contains(told), "{told} is not there without a script");
    }
    browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
    for width in [360, 800, 1400] {
        let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        browser.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        browser.open(&file, "");
        let wide = browser.eval("return document.documentElement.scrollWidth - innerWidth");
        assert!(
            wide.as_i64().expect("a number") <= 0,
            "wider than a window of {width} by {wide}"
        );
    }
}

#[test]
fn no_name_does_harm_in_a_browser() {
    let Some(browser) = Browser::start("hostile") else {
        return;
    };
    let scratch = Scratch::new("page-hostile");
    let long = "label ".repeat(1_800);
    let hostile = [
        "</script><script>window.harmed = 1</script>",
        "<img src=x onerror='window.harmed=1'>\"'`${window.harmed=1}",
        "\u{202e}drow\u{2066}\u{200f}\u{5d0}\u{5d1}",
        long.as_str(),
    ];
    for (i, name) in hostile.into_iter().enumerate() {
        let file = scratch.file(
            &format!("{i}.html"),
            &page(&renamed(name), Standing::Departs, "").expect("a page"),
        );
        browser.open(&file, "");
        quiet(&browser, &file, name);
        browser.eval("document.querySelector('[data-step=\"1\"]').click()");
        let harm = browser.eval("return [window.harmed ?? 0, document.images.length, document.scripts.length, innerWidth < document.documentElement.scrollWidth]");
        assert_eq!(harm, json!([0, 0, 2, false]), "{name}");
    }
}

/// The checker of accessibility, which the gate fetches.
fn axe() -> Option<String> {
    let path = std::env::var_os("TRUNKLAB_AXE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/package/axe.min.js"),
        PathBuf::from,
    );
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            let required = std::env::var_os("TRUNKLAB_REQUIRE").is_some();
            assert!(!required, "{}: {error}", path.display());
            eprintln!("skipped: {}: {error}", path.display());
            None
        }
    }
}

#[test]
fn who_cannot_see_or_point_reads_a_page() {
    let Some(axe) = axe() else { return };
    let Some(browser) = Browser::start("axe") else { return };
    let scratch = Scratch::new("page-axe");
    let file = scratch.file("leak.html", &page(&leak(), Standing::Departs, "").expect("a page"));
    // In the dark colours alone are others.
    for (scheme, rules) in [("light", "{}"), ("dark", "{ runOnly: ['color-contrast'] }")] {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.devtools("Emulation.setEmulatedMedia", &media);
        browser.open(&file, "");
        browser.eval("document.querySelectorAll('details').forEach(d => { d.open = true; })");
        browser.eval(&axe);
        let found = browser.later(&format!(
            "const done = arguments[0]; axe.run(document, {rules}).then(r => done(r.violations.map(v => \
             [v.impact, v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)])))"
        ));
        let found = found.as_array().expect("a list").clone();
        let serious: Vec<_> = found
            .iter()
            .filter(|one| one[0] == "serious" || one[0] == "critical")
            .collect();
        assert!(serious.is_empty(), "{scheme}: {serious:#?}");
    }
}
