//! What a device declares that it can do: "correct" differs by declared capability.
//!
//! A profile gives the defaults (CONFORMANCE 3.2); `--pics` declares otherwise. A declaration says
//! what is *permitted*; nothing that reaches another tenant is ever permitted.

use std::collections::BTreeMap;

use crate::forward::Profile;

/// Capabilities of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pics {
    /// A tagged port takes only VIDs whose member set has it. Without, 802.1Q's own default.
    pub ingress_filtering: bool,
    /// An access port takes frames that are tagged with its own VID.
    pub takes_own_tag: bool,
    /// Priority-tagged frames are taken as untagged ones.
    pub takes_priority_tag: bool,
    /// Frames with a group source address end at the device.
    pub drops_group_source: bool,
    /// Frames to 01-80-C2-00-00-00 end at the device (spanning tree is on, or they are filtered).
    pub ends_bpdu: bool,
    /// The tag behind a service's own is payload. Without, such frames may end at the device.
    pub stacks: bool,
    /// Learning is independent in each VLAN.
    pub independent_learning: bool,
    /// No frame leaves untagged that begins with a tag which the port's neighbour reads.
    pub hides_inner_tags: bool,
}

/// A capability by name, and what it says.
type Field = (&'static str, fn(&mut Pics) -> &mut bool, &'static str);

const FIELDS: &[Field] = &[
    (
        "ingress-filtering",
        |p| &mut p.ingress_filtering,
        "a port takes only VIDs that it is a member of",
    ),
    (
        "takes-own-tag",
        |p| &mut p.takes_own_tag,
        "an access port takes frames tagged with its own VID",
    ),
    (
        "takes-priority-tag",
        |p| &mut p.takes_priority_tag,
        "priority-tagged frames are taken as untagged ones",
    ),
    (
        "drops-group-source",
        |p| &mut p.drops_group_source,
        "frames with a group source address end at the device",
    ),
    (
        "ends-bpdu",
        |p| &mut p.ends_bpdu,
        "frames to 01-80-C2-00-00-00 end at the device",
    ),
    (
        "stacks",
        |p| &mut p.stacks,
        "a tag behind the service's own is payload and arrives",
    ),
    (
        "independent-learning",
        |p| &mut p.independent_learning,
        "addresses are learned in each VLAN for itself",
    ),
    (
        "hides-inner-tags",
        |p| &mut p.hides_inner_tags,
        "a frame ends where it would leave untagged with a VLAN's tag in front",
    ),
];

impl Pics {
    /// What a profile declares.
    pub const fn of(profile: Profile) -> Self {
        let strict = Self {
            ingress_filtering: true,
            takes_own_tag: false,
            takes_priority_tag: true,
            drops_group_source: true,
            ends_bpdu: true,
            stacks: false,
            independent_learning: true,
            hides_inner_tags: true,
        };
        match profile {
            Profile::IeeeDefault => Self {
                ingress_filtering: false,
                takes_own_tag: true,
                stacks: true,
                hides_inner_tags: false,
                ..strict
            },
            Profile::Ovs31 => Self {
                drops_group_source: false,
                hides_inner_tags: false,
                ..strict
            },
            Profile::Linux612 => Self {
                takes_own_tag: true,
                ends_bpdu: false,
                hides_inner_tags: false,
                ..strict
            },
            _ => strict,
        }
    }

    /// Every capability with its value and meaning, in a fixed order.
    pub fn list(mut self) -> Vec<(&'static str, bool, &'static str)> {
        let value = |(name, field, what): &Field| (*name, *field(&mut self), *what);
        FIELDS.iter().map(value).collect()
    }

    fn set(&mut self, name: &str, value: bool) -> Result<(), String> {
        let Some((_, field, _)) = FIELDS.iter().find(|(n, ..)| *n == name) else {
            let names: Vec<&str> = FIELDS.iter().map(|(n, ..)| *n).collect();
            return Err(format!("`{name}` is no capability; they are {}", names.join(", ")));
        };
        *field(self) = value;
        Ok(())
    }
}

/// Declarations that differ from a profile's: by device (`*`: every device).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared(BTreeMap<String, Vec<(String, bool)>>);

impl Declared {
    /// Reads declarations, one a line: `DEVICE CAPABILITY yes|no`. `*` is every device; `#` begins
    /// a comment.
    ///
    /// # Errors
    /// What is wrong in which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut declared = Self::default();
        for (i, line) in text.lines().enumerate() {
            let words: Vec<&str> = line.split('#').next().unwrap_or("").split_whitespace().collect();
            let here = |what: String| format!("line {}: {what}", i + 1);
            match *words {
                [] => {}
                [device, name, value] => {
                    let value = match value {
                        "yes" => true,
                        "no" => false,
                        other => return Err(here(format!("`{other}` is neither `yes` nor `no`"))),
                    };
                    Pics::of(Profile::Strict).set(name, value).map_err(here)?;
                    declared
                        .0
                        .entry(device.to_owned())
                        .or_default()
                        .push((name.to_owned(), value));
                }
                _ => return Err(here("a declaration is `DEVICE CAPABILITY yes|no`".to_owned())),
            }
        }
        Ok(declared)
    }

    /// Names of devices that are declared something of.
    pub fn devices(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|name| *name != "*")
    }

    /// What a device declares.
    pub fn pics(&self, device: &str, profile: Profile) -> Pics {
        let mut pics = Pics::of(profile);
        for name in ["*", device] {
            for (capability, value) in self.0.get(name).into_iter().flatten() {
                pics.set(capability, *value)
                    .expect("names were checked when they were read");
            }
        }
        pics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_overrides_the_profile_and_the_device_overrides_the_star() {
        let declared = Declared::parse("* ends-bpdu no  # all\nap stacks yes\nap ends-bpdu yes\n").unwrap();
        assert!(declared.pics("ap", Profile::Strict).ends_bpdu);
        assert!(declared.pics("ap", Profile::Strict).stacks);
        assert!(!declared.pics("dev", Profile::Strict).ends_bpdu);
        assert!(!declared.pics("dev", Profile::Strict).stacks);
    }

    #[test]
    fn a_wrong_declaration_names_its_line_and_what_would_be_right() {
        let error = Declared::parse("ap ends-bpdu yes\nap jumps yes").unwrap_err();
        assert!(
            error.starts_with("line 2: `jumps`") && error.contains("ends-bpdu"),
            "{error}"
        );
        assert!(Declared::parse("ap ends-bpdu maybe").unwrap_err().contains("neither"));
        assert!(Declared::parse("ap").unwrap_err().contains("DEVICE CAPABILITY"));
    }
}
