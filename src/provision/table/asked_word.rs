//! A word that a call asks for: one of a closed list, or one that stands on no list.
//!
//! It is read once, with the call. What stands on no list is no error of who wrote the call down: the
//! API refuses it by a code of its own when it is called.

use super::param::{Field, ParamKind, ParamValue};
use crate::provision::circuit::named;

/// A closed list that calls name words of.
pub trait OnList: Sized {
    /// The word of this name, or `None`.
    fn named(name: &str) -> Option<Self>;
}

/// A word of a list, as a call has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskedWord<T> {
    /// It stands on the list.
    Known(T),
    /// It does not.
    Unknown(Box<str>),
}

impl<T> AskedWord<T> {
    /// The word, or the text that is none.
    ///
    /// # Errors
    /// The text, where it stands on no list.
    pub fn word(&self) -> Result<&T, &str> {
        match self {
            Self::Known(word) => Ok(word),
            Self::Unknown(text) => Err(text),
        }
    }
}

impl<T: OnList> From<&str> for AskedWord<T> {
    fn from(text: &str) -> Self {
        T::named(text).map_or_else(|| Self::Unknown(text.into()), Self::Known)
    }
}

impl<T> Default for AskedWord<T> {
    fn default() -> Self {
        Self::Unknown("".into())
    }
}

impl<R, T: OnList> Field<R> for AskedWord<T> {
    const KIND: ParamKind = ParamKind::Text;
    fn from_param(value: &ParamValue<R>) -> Option<Self> {
        let text = <String as Field<R>>::from_param(value)?;
        Some(text.as_str().into())
    }
}

named!(
    /// A carrier's `LineOperator`.
    LineOperator {
        /// China Telecom.
        CT,
        /// China Unicom.
        CU,
        /// China Mobile.
        CM,
        /// Another one in China.
        CO,
        /// Equinix.
        Equinix,
        /// Another one abroad.
        Other,
    }
);
named!(
    /// What a port's resource occupancy is paid by.
    PricingCycle {
        /// By the month.
        Month,
        /// By the year.
        Year,
    }
);

macro_rules! on_list {
    ($($name:ident)*) => { $(
        impl OnList for $name {
            fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == name)
            }
        }
    )* };
}
on_list!(LineOperator PricingCycle);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provision::Spec;

    #[test]
    fn a_word_is_read_once_and_what_stands_on_no_list_is_kept_as_it_is_written() {
        assert_eq!(AskedWord::from("50M"), AskedWord::Known(Spec::SMALLEST));
        let none: AskedWord<Spec> = "75M".into();
        assert_eq!(none.word(), Err("75M"));
        assert_eq!(AskedWord::from("Year"), AskedWord::Known(PricingCycle::Year));
        assert_eq!(AskedWord::<LineOperator>::from("ct").word(), Err("ct"));
    }
}
