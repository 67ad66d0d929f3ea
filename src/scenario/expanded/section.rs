//! The lists of a scenario, and numbers that stay with their items.

use std::collections::BTreeMap;

use crate::scenario::at::At;
use crate::scenario::file::{
    AccountItem, CircuitItem, CrossBorderItem, DeviceItem, ExpectItem, FaultItem, FlowItem, IdcItem, LinkItem,
    PicsItem, ScenarioFile, StepItem, SwitchItem, VpcItem,
};
use crate::scenario::scalars::{Name, words};
use crate::scenario::written::Written;

words! {
    /// A list of items that is left when shorthands are expanded, by its key; or the scenario itself.
    Section {
        /// The scenario itself: a single item.
        Scenario = "scenario",
        /// Accounts.
        Accounts = "accounts",
        /// The partner's switches, and points of presence of backbones.
        AccessPoints = "access_points",
        /// Exchange fabrics.
        Fabrics = "fabrics",
        /// The cloud's access devices.
        AccessDevices = "access_devices",
        /// What devices declare.
        Pics = "pics",
        /// Links between the partner's switches.
        Links = "links",
        /// Circuits.
        Circuits = "circuits",
        /// Tenants' data centres.
        Idcs = "idcs",
        /// Transit routers with their VPC.
        Vpcs = "vpcs",
        /// Links between regions.
        CrossBorder = "cross_border",
        /// Calls of the API.
        Provisioning = "provisioning",
        /// Flows.
        Traffic = "traffic",
        /// What goes wrong.
        Faults = "faults",
        /// What should come out.
        Expect = "expect",
    }
}

/// Something that is done with the list of a section, whatever its items are.
pub(super) trait OnList {
    /// What it comes to.
    type Out;
    /// Does it.
    fn on<T: Listed>(self, list: &mut Vec<T>) -> Self::Out;
}

/// An item of a list.
pub(super) trait Listed: Written + Clone {
    /// The name that is written in it.
    fn name(&self) -> Option<&Name>;
    /// The key that is its time.
    const TIME: Option<&'static str> = None;
}

macro_rules! listed {
    ($($item:ident)*) => { $( impl Listed for $item {
        fn name(&self) -> Option<&Name> {
            Some(&self.name.value)
        }
    } )* };
}
listed! { AccountItem SwitchItem DeviceItem LinkItem CircuitItem IdcItem VpcItem CrossBorderItem }

impl Listed for StepItem {
    fn name(&self) -> Option<&Name> {
        self.bind.as_ref().map(|bind: &At<Name>| &bind.value)
    }
    const TIME: Option<&'static str> = Some("at");
}
impl Listed for FlowItem {
    fn name(&self) -> Option<&Name> {
        Some(&self.name.value)
    }
    const TIME: Option<&'static str> = Some("start");
}
impl Listed for FaultItem {
    fn name(&self) -> Option<&Name> {
        None
    }
    const TIME: Option<&'static str> = Some("at");
}
impl Listed for ExpectItem {
    fn name(&self) -> Option<&Name> {
        None
    }
}
impl Listed for PicsItem {
    fn name(&self) -> Option<&Name> {
        None
    }
}

impl Section {
    /// Every list.
    pub(super) const LISTS: [Self; 14] = [
        Self::Accounts,
        Self::AccessPoints,
        Self::Fabrics,
        Self::AccessDevices,
        Self::Pics,
        Self::Links,
        Self::Circuits,
        Self::Idcs,
        Self::Vpcs,
        Self::CrossBorder,
        Self::Provisioning,
        Self::Traffic,
        Self::Faults,
        Self::Expect,
    ];

    /// Does something with this section's list; `None`: the scenario itself is no list.
    pub(super) fn on<A: OnList>(self, file: &mut ScenarioFile, act: A) -> Option<A::Out> {
        Some(match self {
            Self::Scenario => return None,
            Self::Accounts => act.on(&mut file.accounts),
            Self::AccessPoints => act.on(&mut file.access_points),
            Self::Fabrics => act.on(&mut file.fabrics),
            Self::AccessDevices => act.on(&mut file.access_devices),
            Self::Pics => act.on(&mut file.pics),
            Self::Links => act.on(&mut file.links),
            Self::Circuits => act.on(&mut file.circuits),
            Self::Idcs => act.on(&mut file.idcs),
            Self::Vpcs => act.on(&mut file.vpcs),
            Self::CrossBorder => act.on(&mut file.cross_border),
            Self::Provisioning => act.on(&mut file.provisioning),
            Self::Traffic => act.on(&mut file.traffic),
            Self::Faults => act.on(&mut file.faults),
            Self::Expect => act.on(&mut file.expect),
        })
    }

    /// The name of each of its items, where one is written.
    pub(super) fn names(self, file: &ScenarioFile) -> Vec<Option<String>> {
        fn of<T: Listed>(list: &[T]) -> Vec<Option<String>> {
            list.iter().map(|item| item.name().map(|name| name.0.clone())).collect()
        }
        match self {
            Self::Scenario => Vec::new(),
            Self::Accounts => of(&file.accounts),
            Self::AccessPoints => of(&file.access_points),
            Self::Fabrics => of(&file.fabrics),
            Self::AccessDevices => of(&file.access_devices),
            Self::Pics => of(&file.pics),
            Self::Links => of(&file.links),
            Self::Circuits => of(&file.circuits),
            Self::Idcs => of(&file.idcs),
            Self::Vpcs => of(&file.vpcs),
            Self::CrossBorder => of(&file.cross_border),
            Self::Provisioning => of(&file.provisioning),
            Self::Traffic => of(&file.traffic),
            Self::Faults => of(&file.faults),
            Self::Expect => of(&file.expect),
        }
    }
}

/// The number of each item of each list.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    lists: BTreeMap<Section, Vec<u32>>,
    last: BTreeMap<Section, u32>,
}

impl Numbers {
    pub(super) fn of(file: &ScenarioFile) -> Self {
        let mut numbers = Self::default();
        for section in Section::LISTS {
            for _ in section.names(file) {
                numbers.add(section);
            }
        }
        numbers
    }

    /// A list's numbers, in the order of its items.
    pub(super) fn list(&self, section: Section) -> &[u32] {
        self.lists.get(&section).map_or(&[], Vec::as_slice)
    }

    /// One item more, at the end of its list.
    pub(super) fn add(&mut self, section: Section) {
        let last = self.last.entry(section).or_default();
        *last += 1;
        self.lists.entry(section).or_default().push(*last);
    }

    /// An item is taken away.
    pub(super) fn remove(&mut self, section: Section, at: usize) {
        if let Some(list) = self.lists.get_mut(&section) {
            list.remove(at);
        }
    }
}
