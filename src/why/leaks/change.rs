//! What of a scenario may be changed to close a leak.

use crate::contract::{Deviation, Duty, Owner, deviations_behind_leaks};
use crate::control::Drawn;
use crate::engine::run;
use crate::evidence::NoObserver;
use crate::forward::Planted;
use crate::prove::quiet;
use crate::scenario::file::{FaultWhat, PortWord, ServiceWord};
use crate::scenario::{At, Edit, Expanded, ItemName, Key, Plan, Section, Span, closing_links};

/// A change that may close a leak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What is so, as a clause: `ap-east gives acme VLAN 102 at 5s`.
    pub what: String,
    /// Where, by the file's name.
    pub place: String,
    /// Who answers for it, where the contract says.
    pub owner: Option<Owner>,
    /// What wrote it.
    pub wrote: Span,
    /// The stage of the forwarder that it spoils, or the rows of a profile, where it is a device's own.
    pub stage: Option<&'static str>,
    /// The edits that put it right.
    pub heal: Vec<Edit>,
    /// May it matter to where frames go, and not only to how many do?
    pub separates: bool,
    rank: Rank,
}

impl Change {
    /// The key that is put right; of a whole item, its section's.
    pub fn key(&self) -> &str {
        match self.heal.first() {
            Some(Edit::Change(_, keys) | Edit::Copy(_, keys)) => keys.first().map_or("", |key| &key.key),
            Some(Edit::Add(section, _)) => section.as_str(),
            Some(Edit::Remove(item) | Edit::Move(item, _)) => item.section.as_str(),
            None => "",
        }
    }

    /// Is it a setting that a healthy world may have, and no departure from the contract?
    pub fn is_setting(&self) -> bool {
        self.rank == Rank::Setting
    }
}

/// What is tried first. Within a rank the file's order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Planted faults and operators' hands: no healthy world has any.
    Planted,
    /// Departures from the contract.
    Deviation,
    /// Settings that a healthy world may have.
    Setting,
}

/// Everything that may be changed, in the order in which it is tried: planted faults first, then departures
/// from the contract, then settings; each in the order of the file.
///
/// # Errors
/// The scenario cannot be run; the text says why.
pub fn changes(expanded: &Expanded, plan: &Plan) -> Result<Vec<Change>, String> {
    let (record, NoObserver) = run(&quiet(plan), Drawn::new(plan.seed), NoObserver).map_err(|e| e.to_string())?;
    let deviations = deviations_behind_leaks(expanded, plan, &record);
    let mut found: Vec<Change> = deviations.into_iter().filter_map(of_deviation).collect();
    stages(expanded, &mut found);
    found.extend(loops(plan));
    settings(expanded, &mut found);
    found.sort_by_key(|change| (change.rank, change.wrote, !change.separates));
    let mut found = by_line(found);
    found.sort_by_key(|change| (change.rank, change.wrote));
    debug_assert!(
        found.iter().all(|change| !change.heal.is_empty()),
        "what is tried changes something"
    );
    Ok(found)
}

/// What one line says of many things is one change.
fn by_line(found: Vec<Change>) -> Vec<Change> {
    let mut lines: Vec<(Change, usize)> = Vec::new();
    for change in found {
        let one =
            |last: &Change| (last.rank, last.wrote, last.separates) == (change.rank, change.wrote, change.separates);
        match lines.last_mut().filter(|(last, _)| one(last)) {
            Some((last, more)) => {
                last.heal.extend(change.heal);
                *more += 1;
            }
            None => lines.push((change, 0)),
        }
    }
    let whole = lines.into_iter().map(|(change, more)| match more {
        0 => change,
        more => Change {
            what: format!("{} (and {more} more by the same line)", change.what),
            ..change
        },
    });
    whole.collect()
}

/// A deviation that may matter to what other tenants get; `None`: what a tenant itself sends or pays, or what the
/// contract allows, is no cause of a leak.
fn of_deviation(deviation: Deviation) -> Option<Change> {
    let (rank, separates) = match deviation.duty {
        Duty::Forwarding | Duty::Operation => (Rank::Planted, true),
        Duty::Separation | Duty::Tagging | Duty::VlanList | Duty::Sale => (Rank::Deviation, true),
        Duty::Policer | Duty::Limit | Duty::ArpLimit | Duty::IcmpLimit | Duty::Carriage => (Rank::Deviation, false),
        Duty::Mtu
        | Duty::LineRate
        | Duty::Acceptance
        | Duty::Promptness
        | Duty::Router
        | Duty::Addresses
        | Duty::Routes
        | Duty::Attachment
        | Duty::Keeping
        | Duty::Payment
        | Duty::Attach
        | Duty::Conversion
        | Duty::Agreed
        | Duty::Size
        | Duty::Load
        | Duty::Allowed => return None,
    };
    Some(Change {
        what: deviation.what,
        place: deviation.place,
        owner: Some(deviation.owner),
        wrote: deviation.wrote,
        stage: None,
        heal: deviation.heal,
        separates,
        rank,
    })
}

/// The stage of the forwarder that each planted fault spoils, and what is a matter of a profile's rows.
fn stages(expanded: &Expanded, found: &mut [Change]) {
    let file = expanded.file();
    let switches = file.access_points.iter().chain(&file.fabrics);
    let quirks = switches.filter_map(|item| item.quirk.as_ref());
    let quirks = quirks.chain(file.access_devices.iter().filter_map(|item| item.quirk.as_ref()));
    for quirk in quirks {
        let own = found.iter_mut().find(|change| change.wrote == quirk.span);
        if let Some(change) = own {
            change.stage = Some(stage_of(quirk.value));
        }
    }
}

/// The stage of the forwarder that a planted fault spoils.
const fn stage_of(fault: Planted) -> &'static str {
    match fault {
        Planted::LastTagWins
        | Planted::TciNotMasked
        | Planted::PriorityTagHides
        | Planted::TagBehindSnap
        | Planted::TruncatedTagPasses
        | Planted::DeeperStacks
        | Planted::AnyTagIsOwn => "classify",
        Planted::VidLowByte
        | Planted::SubsetTrunkIsFull
        | Planted::UnknownVidToFirst
        | Planted::ReservedVidForwarded
        | Planted::BroadcastToNextVid
        | Planted::ArpToFirst
        | Planted::PortOffByOne
        | Planted::UntaggedMeansAny => "admit",
        Planted::PushOffByOne | Planted::PopWithoutPush | Planted::TagKept | Planted::PriorityLost => "rewrite",
        Planted::Unpoliced => "charge",
        Planted::FlowCacheTooWide => "decide",
        Planted::StaleAddresses | Planted::LearnsWithoutLimit => "learn",
        Planted::DirtyPadding => "pad",
        Planted::RowToNextPort | Planted::RowPushesNextVid | Planted::RowTakesSecondTag => "row",
        Planted::BatchTakesRowBefore | Planted::ScalarKernelCutsVid => "batch",
        Planted::Nothing => "none",
    }
}

/// The trunks that close loops of switches that flood, all cut.
fn loops(plan: &Plan) -> Option<Change> {
    let closing = closing_links(plan);
    let name = |link: &crate::ident::LinkId| plan.links[link.index()].name.as_str();
    let last = name(closing.first()?);
    let names: Vec<&str> = closing.iter().map(name).collect();
    let cut = |name: &&str| Edit::Add(Section::Faults, format!("{{ at: 0s, cut: {name} }}"));
    Some(Change {
        what: format!("{} closes a loop that floods", names.join(", ")),
        place: last.to_owned(),
        owner: None,
        wrote: plan.origins.link(last, Key::Name)?,
        stage: None,
        heal: names.iter().map(cut).collect(),
        separates: false,
        rank: Rank::Setting,
    })
}

/// Settings of devices that may let frames astray although nothing departs from the contract: how a switch
/// forwards, how a customer's port treats tags, and a sale that operators moved.
fn settings(expanded: &Expanded, found: &mut Vec<Change>) {
    let file = expanded.file();
    for (section, list) in [
        (Section::AccessPoints, &file.access_points),
        (Section::Fabrics, &file.fabrics),
    ] {
        for switch in list {
            let name = switch.name.0.as_str();
            let bridged = |service: &&At<ServiceWord>| service.value == ServiceWord::Bridged;
            if let Some(service) = switch.service.as_ref().filter(bridged) {
                let what = format!("{name} floods what it does not know (`service: bridged`)");
                let item = ItemName::new(section, name);
                found.push(setting(what, name, service.span, Edit::drop(item, "service")));
            }
        }
    }
    for idc in &file.idcs {
        let name = idc.name.0.as_str();
        let other = |port: &&At<PortWord>| port.value != PortWord::Access;
        if let Some(port) = idc.port.as_ref().filter(other) {
            let what = format!(
                "the port of {name} is in another mode (`port: {}`)",
                port.value.as_str()
            );
            let item = ItemName::new(Section::Idcs, name);
            found.push(setting(what, name, port.span, Edit::drop(item, "port")));
        }
    }
    debug_assert!(
        file.faults
            .iter()
            .all(|fault| !matches!(fault.what, FaultWhat::Misconnect { .. }))
            || found.iter().any(|change| change.rank == Rank::Planted),
        "what operators mix up is among the deviations"
    );
}

fn setting(what: String, place: &str, wrote: Span, edit: Edit) -> Change {
    Change {
        what,
        place: place.to_owned(),
        owner: None,
        wrote,
        stage: None,
        heal: vec![edit],
        separates: true,
        rank: Rank::Setting,
    }
}
