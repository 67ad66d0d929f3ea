//! Scalable drawings: a few shapes, whole numbers, classes instead of colours. The same calls give the same
//! octets.

use std::fmt::{Display, Write};

/// A drawing in the making.
#[derive(Debug)]
pub(super) struct Svg(String);

impl Svg {
    /// A drawing that keeps its proportions; `label` says what it shows, for who cannot see it.
    pub(super) fn new(width: u64, height: u64, class: &str, label: &str) -> Self {
        Self::begin(width, height, class, label, "")
    }

    /// A drawing that fills the width that it is given: for plots without text.
    pub(super) fn plot(width: u64, height: u64, label: &str) -> Self {
        Self::begin(width, height, "plot", label, " preserveAspectRatio=\"none\"")
    }

    fn begin(width: u64, height: u64, class: &str, label: &str, more: &str) -> Self {
        let label = escaped(label);
        Self(format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\"{more} role=\"img\" aria-label=\"{label}\">"
        ))
    }

    /// A rectangle.
    pub(super) fn rect(&mut self, (x, y): (u64, u64), (width, height): (u64, u64), class: &str) {
        self.shape(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" class=\"{class}\"/>"
        ));
    }

    /// A rectangle with round corners.
    pub(super) fn pill(&mut self, (x, y): (u64, u64), (width, height): (u64, u64), radius: u64) {
        self.shape(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>"
        ));
    }

    /// A rectangle with a text that shows where one points at it.
    pub(super) fn told(&mut self, (x, y): (u64, u64), (width, height): (u64, u64), class: &str, title: &str) {
        let title = escaped(title);
        self.shape(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" class=\"{class}\"><title>{title}</title></rect>"
        ));
    }

    /// An upright line at an instant, as thin at every zoom, with a text.
    pub(super) fn tick(&mut self, x: u64, height: u64, class: &str, title: &str) {
        let title = escaped(title);
        self.shape(format_args!(
            "<path d=\"M{x} 1V{height}\" class=\"tick {class}\"><title>{title}</title></path>"
        ));
    }

    /// A path.
    pub(super) fn path(&mut self, d: &str, class: &str) {
        self.shape(format_args!("<path d=\"{d}\" class=\"{class}\"/>"));
    }

    /// A line of text.
    pub(super) fn text(&mut self, (x, y): (u64, u64), class: &str, text: &str) {
        let text = escaped(text);
        self.shape(format_args!(
            "<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{text}</text>"
        ));
    }

    /// A group with a number by which a script finds it, and a text.
    pub(super) fn group(&mut self, class: &str, data: &str, number: usize, title: &str) {
        let title = escaped(title);
        self.shape(format_args!(
            "<g class=\"{class}\" data-{data}=\"{number}\"><title>{title}</title>"
        ));
    }

    /// The end of a group.
    pub(super) fn end(&mut self) {
        self.0.push_str("</g>");
    }

    /// The drawing.
    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</svg>");
        self.0
    }

    fn shape(&mut self, shape: impl Display) {
        let _ = write!(self.0, "{shape}");
    }
}

/// Text that is no markup.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in super::words::shown(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// `part` of `whole`, drawn on so many units: rounded down, and never more than all.
pub(super) fn share(part: u64, whole: u64, units: u64) -> u64 {
    if whole == 0 {
        return 0;
    }
    let share = u128::from(part.min(whole)) * u128::from(units) / u128::from(whole);
    u64::try_from(share).unwrap_or(units)
}
