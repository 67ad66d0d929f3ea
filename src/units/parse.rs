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
    /// May several numbers with units follow each other, as in `1d 12h`?
    pub compound: bool,
}

impl Grammar {
    /// Reads `12`, `12ms`, `1.5G`; spaces between number and unit are allowed. Where the grammar
    /// is compound, several may follow each other: `1d 12h`.
    pub(super) fn read(&self, text: &str) -> Result<u64, UnitError> {
        let mut rest = text.trim();
        let mut sum = 0u64;
        loop {
            let (value, after) = self.read_one(text, rest)?;
            sum = sum.checked_add(value).ok_or_else(|| self.too_large(text))?;
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(sum);
            }
        }
    }

    /// Reads one number with its unit from the front of `rest`.
    fn read_one<'t>(&self, text: &str, rest: &'t str) -> Result<(u64, &'t str), UnitError> {
        let number_end = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(number_end);
        let after = after.trim_start();
        let unit_end = match self.compound {
            true => after
                .find(|c: char| c.is_whitespace() || c.is_ascii_digit())
                .unwrap_or(after.len()),
            false => after.len(),
        };
        let (unit, after) = after.split_at(unit_end);
        let no_number = || UnitError::NoNumber {
            text: text.to_owned(),
            example: self.example,
        };
        let digits: String = number.chars().filter(|c| *c != '_').collect();
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        if whole.is_empty() || fraction.contains('.') || digits.ends_with('.') {
            return Err(no_number());
        }
        let worth = self.worth(unit).ok_or_else(|| self.unknown_unit(text, unit))?;
        let whole: u128 = whole.parse().map_err(|_| self.too_large(text))?;
        let mut value = whole
            .checked_mul(u128::from(worth))
            .ok_or_else(|| self.too_large(text))?;
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            let scale = u32::try_from(fraction.len())
                .ok()
                .filter(|n| *n <= 18)
                .map(|n| 10u128.pow(n));
            let scale = scale.ok_or_else(|| self.too_fine(text))?;
            let part: u128 = fraction.parse().map_err(|_| no_number())?;
            let scaled = part * u128::from(worth);
            if !scaled.is_multiple_of(scale) {
                return Err(self.too_fine(text));
            }
            value = value.checked_add(scaled / scale).ok_or_else(|| self.too_large(text))?;
        }
        let value = u64::try_from(value).map_err(|_| self.too_large(text))?;
        Ok((value, after))
    }

    /// Prints the value exactly and shortly: a whole number of the largest unit, or a decimal
    /// where that unit is a power of ten; where the grammar is compound, units that are no powers
    /// of ten are followed by the rest in smaller ones.
    pub(super) fn print(&self, value: u64) -> String {
        debug_assert!(self.units.is_sorted_by(|a, b| a.1 > b.1), "units stand largest first");
        debug_assert!(
            self.units.last().is_some_and(|(_, worth)| *worth == 1),
            "the finest unit is one"
        );
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
            if self.compound {
                return format!("{whole}{unit} {}", self.print(part));
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

    fn unknown_unit(&self, text: &str, unit: &str) -> UnitError {
        let units = self.units.iter().rev().map(|(u, _)| *u).filter(|u| !u.is_empty());
        UnitError::Unit {
            text: text.to_owned(),
            found: if unit.is_empty() {
                "no unit".to_owned()
            } else {
                format!("the unknown unit `{unit}`")
            },
            units: units.collect::<Vec<_>>().join(", "),
        }
    }

    fn too_large(&self, text: &str) -> UnitError {
        UnitError::TooLarge {
            text: text.to_owned(),
            max: self.print(u64::MAX),
        }
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
