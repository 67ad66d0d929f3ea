//! One parser for every "number and unit" text.

use thiserror::Error;

/// Why a text is not a quantity. The message names what was read and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnitError {
    /// There is no number in front.
    #[error("`{text}` does not begin with a number; write it like `{example}`")]
    NoNumber {
        /// What was read.
        text: String,
        /// A text that would be right.
        example: &'static str,
    },
    /// The unit is missing or unknown.
    #[error("`{text}` has {found}; the units here are {units}")]
    Unit {
        /// What was read.
        text: String,
        /// "no unit" or "the unknown unit `x`".
        found: String,
        /// The units that this quantity knows.
        units: String,
    },
    /// The number has more digits after the point than the unit can hold.
    #[error("`{text}` is finer than {finest}")]
    TooFine {
        /// What was read.
        text: String,
        /// The smallest step of the quantity.
        finest: &'static str,
    },
    /// The value does not fit.
    #[error("`{text}` is larger than the largest value, {max}")]
    TooLarge {
        /// What was read.
        text: String,
        /// The largest value.
        max: String,
    },
}

/// What a quantity knows about its texts.
pub(super) struct Grammar {
    /// Unit and how many base steps it is worth, largest first.
    pub units: &'static [(&'static str, u64)],
    /// Spellings that are read but never printed.
    pub aliases: &'static [(&'static str, u64)],
    pub example: &'static str,
    pub finest: &'static str,
    /// A number without a unit counts base steps where this is true.
    pub bare: bool,
}

impl Grammar {
    /// Reads `12`, `12ms`, `1.5G`; spaces between number and unit are allowed.
    pub(super) fn read(&self, text: &str) -> Result<u64, UnitError> {
        let trimmed = text.trim();
        let split = trimmed
            .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))
            .unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(split);
        let unit = unit.trim();
        let no_number = || UnitError::NoNumber {
            text: text.to_owned(),
            example: self.example,
        };
        let digits: String = number.chars().filter(|c| *c != '_').collect();
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        if whole.is_empty() || fraction.contains('.') || digits.ends_with('.') {
            return Err(no_number());
        }
        let worth = self.worth(unit).ok_or_else(|| UnitError::Unit {
            text: text.to_owned(),
            found: if unit.is_empty() {
                "no unit".to_owned()
            } else {
                format!("the unknown unit `{unit}`")
            },
            units: self
                .units
                .iter()
                .rev()
                .map(|(u, _)| *u)
                .filter(|u| !u.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        let too_large = || UnitError::TooLarge {
            text: text.to_owned(),
            max: self.print(u64::MAX),
        };
        let whole: u128 = whole.parse().map_err(|_| too_large())?;
        let mut value = whole.checked_mul(u128::from(worth)).ok_or_else(too_large)?;
        if !fraction.is_empty() {
            let fraction = fraction.trim_end_matches('0');
            let scale = 10u128
                .checked_pow(u32::try_from(fraction.len()).unwrap_or(u32::MAX))
                .filter(|_| fraction.len() <= 18)
                .ok_or_else(|| self.too_fine(text))?;
            let part: u128 = if fraction.is_empty() {
                0
            } else {
                fraction.parse().map_err(|_| no_number())?
            };
            let scaled = part * u128::from(worth);
            if !scaled.is_multiple_of(scale) {
                return Err(self.too_fine(text));
            }
            value = value.checked_add(scaled / scale).ok_or_else(too_large)?;
        }
        u64::try_from(value).map_err(|_| too_large())
    }

    /// Prints the value exactly, in the largest unit in which it is short: a whole number, or a
    /// decimal where the unit is a power of ten.
    pub(super) fn print(&self, value: u64) -> String {
        for (unit, worth) in self.units.iter().filter(|(_, worth)| *worth <= value) {
            let (whole, part) = (value / worth, value % worth);
            if part == 0 {
                return format!("{whole}{unit}");
            }
            let digits = worth.ilog10() as usize;
            if 10u64.pow(worth.ilog10()) == *worth {
                let part = format!("{part:0digits$}");
                return format!("{whole}.{}{unit}", part.trim_end_matches('0'));
            }
        }
        let (unit, _) = self.units.last().expect("a grammar has units");
        format!("{value}{unit}")
    }

    fn worth(&self, unit: &str) -> Option<u64> {
        if unit.is_empty() && self.bare {
            return Some(1);
        }
        self.units
            .iter()
            .chain(self.aliases)
            .find(|(name, _)| *name == unit && !unit.is_empty())
            .map(|(_, worth)| *worth)
    }

    fn too_fine(&self, text: &str) -> UnitError {
        UnitError::TooFine {
            text: text.to_owned(),
            finest: self.finest,
        }
    }
}

/// `FromStr`, `Display` and serde's `Serialize` for a quantity over a grammar.
macro_rules! quantity {
    ($name:ident, $grammar:expr) => {
        impl std::str::FromStr for $name {
            type Err = crate::units::UnitError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $grammar.read(text).map(Self)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&$grammar.print(self.0))
            }
        }
    };
}
pub(super) use quantity;
