//! A value and where it stands.

use super::codes::Code;

/// Where something stands: in a scenario file, or in an edit of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The edit that wrote it, from 1, its octets counted from the edit's first; 0: the file.
    pub edit: u32,
    /// First octet.
    pub start: u32,
    /// Octet behind the last.
    pub end: u32,
    /// Line, from 1; 0: nowhere.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// What is wrong, and where.
pub type Placed = (Span, Wrong);

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> At<T> {
    /// A value that stands at `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// What is wrong with a scalar's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The kind of error.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Wrong {
    /// An error without advice.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: visible(message.into()),
            help: None,
        }
    }
    /// The same, with what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(visible(help.into()));
        self
    }
}

/// The same text with control characters and marks of writing direction escaped: messages quote
/// what stands in a file, and a file must not move the cursor of whoever reads them.
fn visible(text: String) -> String {
    let hidden = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(hidden) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// A value that a scalar's text gives.
pub trait Scalar: Sized {
    /// Its name in the schema.
    const NAME: &'static str;
    /// Reads the text.
    ///
    /// # Errors
    /// Says what is wrong and what would be right.
    fn read(text: &str) -> Result<Self, Wrong>;
    /// Its JSON Schema.
    fn schema() -> schemars::Schema;
}
