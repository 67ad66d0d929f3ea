//! Texts in every language that partners read. All of them are made by `texts!`, which takes one wording for each
//! language: a missing translation does not compile.

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];
    /// Its tag (BCP 47, without region).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}

/// One text in every language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Text {
    en: String,
    zh: String,
}

impl Text {
    /// The same thing said in each language.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// What is the same in every language: a name, a number, what somebody wrote.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            zh: text.clone(),
            en: text,
        }
    }

    /// The text in one language.
    pub fn said(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }

    /// Both texts, in order of [`Language::ALL`].
    pub fn all(&self) -> [&str; 2] {
        [&self.en, &self.zh]
    }

    /// Is there nothing to say?
    pub fn is_empty(&self) -> bool {
        self.en.is_empty()
    }

    /// Several, with what stands between two in each language.
    pub fn joined(all: &[Self], between: &Self) -> Self {
        let of = |language| {
            let each: Vec<&str> = all.iter().map(|text| text.said(language)).collect();
            each.join(between.said(language))
        };
        Self::new(of(Language::En), of(Language::Zh))
    }
}

/// What can stand in a text: said in each language, or the same in all.
pub(crate) trait Say {
    /// Itself in one language.
    fn say(&self, language: Language) -> String;
}

impl Say for Text {
    fn say(&self, language: Language) -> String {
        self.said(language).to_owned()
    }
}

impl<S: Say + ?Sized> Say for &S {
    fn say(&self, language: Language) -> String {
        (**self).say(language)
    }
}

macro_rules! the_same {
    ($($ty:ty),*) => { $(
        impl Say for $ty {
            fn say(&self, _: Language) -> String {
                self.to_string()
            }
        }
    )* };
}
the_same!(str, String, u16, u32, u64, usize);

/// States texts: a function for each, its values, and one wording for each language.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident($($value:ident: $ty:ty),*) = $en:literal, $zh:literal;)*) => {
        $(
            $(#[$doc])*
            pub(crate) fn $name($($value: $ty),*) -> $crate::preflight::Text {
                let en = {
                    $(let $value = $crate::preflight::Say::say(&$value, $crate::preflight::Language::En);)*
                    format!($en)
                };
                $(let $value = $crate::preflight::Say::say(&$value, $crate::preflight::Language::Zh);)*
                $crate::preflight::Text::new(en, format!($zh))
            }
        )*
    };
}
pub(crate) use texts;
