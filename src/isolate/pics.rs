//! What a device declares that it can do: "correct" differs by declared capability.
//!
//! A profile gives the defaults (CONFORMANCE 3.2); the scenario's `pics` declare otherwise, and `--pics`
//! goes before both. A declaration says what is *permitted*; nothing that reaches another tenant is
//! ever permitted.

use std::collections::BTreeMap;

use super::testbed::Device;
use crate::forward::Profile;
use crate::scenario::Plan;
use crate::scenario::plan::Capability;

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
    /// A tag's drop eligibility arrives as it was sent. Without, the bit may be cleared on the way.
    pub keeps_drop_eligible: bool,
}

/// A capability by name, and what it says.
type Field = (&'static str, fn(&mut Pics) -> &mut bool, &'static str);

const FIELDS: &[Field] = &[
    (
        Capability::IngressFiltering.as_str(),
        |p| &mut p.ingress_filtering,
        "a port takes only VIDs that it is a member of",
    ),
    (
        Capability::TakesOwnTag.as_str(),
        |p| &mut p.takes_own_tag,
        "an access port takes frames tagged with its own VID",
    ),
    (
        Capability::TakesPriorityTag.as_str(),
        |p| &mut p.takes_priority_tag,
        "priority-tagged frames are taken as untagged ones",
    ),
    (
        Capability::DropsGroupSource.as_str(),
        |p| &mut p.drops_group_source,
        "frames with a group source address end at the device",
    ),
    (
        Capability::EndsBpdu.as_str(),
        |p| &mut p.ends_bpdu,
        "frames to 01-80-C2-00-00-00 end at the device",
    ),
    (
        Capability::Stacks.as_str(),
        |p| &mut p.stacks,
        "a tag behind the service's own is payload and arrives",
    ),
    (
        Capability::IndependentLearning.as_str(),
        |p| &mut p.independent_learning,
        "addresses are learned in each VLAN for itself",
    ),
    (
        Capability::HidesInnerTags.as_str(),
        |p| &mut p.hides_inner_tags,
        "a frame ends where it would leave untagged with a VLAN's tag in front",
    ),
    (
        Capability::KeepsDropEligible.as_str(),
        |p| &mut p.keeps_drop_eligible,
        "a tag's drop eligibility arrives as it was sent",
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
            keeps_drop_eligible: true,
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
                keeps_drop_eligible: false,
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

/// Declarations of one source, by device (`*`: every device).
type Declarations = BTreeMap<String, Vec<(String, bool)>>;

/// The device that stands for every one.
const EVERY: &str = "*";

/// Declarations that differ from a profile's, source by source; a later one goes before those in front.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared(Vec<Declarations>);

impl Declared {
    /// These, and where they say nothing the scenario's own.
    #[must_use]
    pub fn over(&self, plan: &Plan) -> Self {
        let mut own = Declarations::new();
        for pics in &plan.pics {
            let device = pics.device.map_or(EVERY, |id| &plan.nodes[id.index()].name);
            let declared = own.entry(device.to_owned()).or_default();
            declared.push((pics.capability.as_str().to_owned(), pics.holds));
        }
        Self(std::iter::once(own).chain(self.0.iter().cloned()).collect())
    }

    /// Reads declarations, one a line: `DEVICE CAPABILITY yes|no`. `*` is every device; `#` begins
    /// a comment.
    ///
    /// # Errors
    /// What is wrong in which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut declared = Declarations::new();
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
                        .entry(device.to_owned())
                        .or_default()
                        .push((name.to_owned(), value));
                }
                _ => return Err(here("a declaration is `DEVICE CAPABILITY yes|no`".to_owned())),
            }
        }
        Ok(Self(vec![declared]))
    }

    /// Names of devices that are declared something of.
    pub fn devices(&self) -> impl Iterator<Item = &str> {
        let names = self.0.iter().flat_map(BTreeMap::keys);
        names.map(String::as_str).filter(|name| *name != EVERY)
    }

    /// Do all of these devices say that drop eligibility arrives as it was sent?
    pub fn all_keep_drop_eligible(&self, devices: &[Device]) -> bool {
        let keeps = |device: &Device| self.pics(&device.name, device.tables.profile).keeps_drop_eligible;
        devices.iter().all(keeps)
    }

    /// What a device declares.
    pub fn pics(&self, device: &str, profile: Profile) -> Pics {
        let mut pics = Pics::of(profile);
        let both = |source| [EVERY, device].map(|name| Declarations::get(source, name));
        for (capability, value) in self.0.iter().flat_map(both).flatten().flatten() {
            pics.set(capability, *value)
                .expect("names were checked when they were read");
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
    fn the_file_goes_before_the_scenario_and_that_before_the_profile() {
        use crate::scenario::plan::PicsPlan;
        let text = include_str!("../../scenarios/isolation/two-tenants-one-circuit.yaml");
        let loaded = crate::scenario::load_text("w.yaml", text.to_owned(), &crate::scenario::MemorySources::new());
        let mut plan = loaded.expect("a scenario that ships").plan;
        let device = crate::ident::NodeId::of(0);
        let name = plan.nodes[0].name.clone();
        let says = |device, capability, holds| PicsPlan {
            device,
            capability,
            holds,
        };
        plan.pics = vec![
            says(None, Capability::Stacks, true),
            says(Some(device), Capability::EndsBpdu, false),
            says(Some(device), Capability::TakesOwnTag, true),
        ];
        let declared = Declared::parse("* ends-bpdu yes").unwrap().over(&plan);
        let own = declared.pics(&name, Profile::Strict);
        assert!(own.stacks && own.ends_bpdu && own.takes_own_tag && own.ingress_filtering);
        let other = declared.pics("another", Profile::Strict);
        assert!(other.stacks && !other.takes_own_tag);
    }

    #[test]
    fn a_scenario_and_a_file_know_the_same_capabilities() {
        let names: Vec<&str> = FIELDS.iter().map(|(name, ..)| *name).collect();
        assert_eq!(names, Capability::WORDS);
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
