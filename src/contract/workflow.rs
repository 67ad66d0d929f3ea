//! The first call of a service's workflow that is not done when its frames need it.
//!
//! Sale, acceptance, enabling, VBR, addresses, routes, attachment: each needs the one before. Whoever owes
//! the first that is open departs; what comes after it was not due yet. Putting it right discharges at once
//! what it alone held up, by the calls that the `tenants` shorthand writes.
//!
//! In between the cloud does what takes time: a port is enabled, a route is written, a VBR joins its transit
//! router. What takes longer than is promised (policy `async_promise`) is the cloud's; what takes no longer
//! is by contract, and nobody's.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use super::service::{Call, Kind, Service, base, sale_rate};
use super::{Deviation, Duty, Owner, Scene};
use crate::provision::{Lead, OperationName};
use crate::scenario::{At, Edit, ItemName, KeyChange, Prefix, Section, Span};
use crate::units::{SimDuration, SimTime};

/// From one call to the next.
const STEP: SimDuration = SimDuration::from_micros(1);

/// What takes time after a call of the workflow that is put right.
const LATER: [Lead; 2] = [Lead::RouteEntry, Lead::CenAttachment];

/// One stage of the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Sale,
    Acceptance,
    Enabling,
    Router,
    Addresses,
    Routes,
    Writing,
    Attachment,
    Attaching,
}

const STAGES: [Stage; 9] = [
    Stage::Sale,
    Stage::Acceptance,
    Stage::Enabling,
    Stage::Router,
    Stage::Addresses,
    Stage::Routes,
    Stage::Writing,
    Stage::Attachment,
    Stage::Attaching,
];

impl Stage {
    /// What takes time, where it is the cloud's turn.
    fn lead(self) -> Option<Lead> {
        match self {
            Self::Enabling => Some(Lead::PortEnable),
            Self::Writing => Some(Lead::RouteEntry),
            Self::Attaching => Some(Lead::CenAttachment),
            Self::Sale | Self::Acceptance | Self::Router | Self::Addresses | Self::Routes | Self::Attachment => None,
        }
    }

    /// What it is called in a sentence.
    const fn noun(self) -> &'static str {
        match self {
            Self::Sale => "the sale",
            Self::Acceptance => "the acceptance",
            Self::Enabling => "the enabling",
            Self::Router => "the VBR",
            Self::Addresses => "the interconnect",
            Self::Routes | Self::Writing => "the route",
            Self::Attachment | Self::Attaching => "the attachment",
        }
    }
}

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    let needed = needed(scene);
    for service in &scene.services.list {
        let Some(needed) = needed.get(service.idc.name.0.as_str()) else {
            continue;
        };
        let workflow = Workflow::new(scene, service);
        found.extend(workflow.wrong_sale());
        workflow.first_open(*needed, found);
    }
}

/// When the first frame of each place is sent that has a flow.
fn needed<'a>(scene: &'a Scene<'_>) -> BTreeMap<&'a str, SimTime> {
    let mut needed = BTreeMap::new();
    for flow in &scene.expanded.file().traffic {
        let start = flow.start.as_ref().map_or(SimTime::ZERO, |start| start.value);
        for end in [base(&flow.from), base(&flow.to)] {
            let first = needed.entry(end).or_insert(start);
            *first = start.min(*first);
        }
    }
    needed
}

struct Workflow<'a> {
    scene: &'a Scene<'a>,
    service: &'a Service<'a>,
}

impl<'a> Workflow<'a> {
    fn new(scene: &'a Scene<'a>, service: &'a Service<'a>) -> Self {
        Self { scene, service }
    }

    /// The longest that this takes, as the file simulates it.
    fn takes(&self, lead: Lead) -> SimDuration {
        let range = self.scene.plan.law.premises().leads.range(lead);
        range.max.max(range.min)
    }

    /// The longest that it takes by promise.
    fn promised(&self, lead: Lead) -> SimDuration {
        self.scene.plan.law.premises().policies.promised(lead)
    }

    fn deviation(&self, stage: Stage, what: String, wrote: Span, heal: Vec<Edit>) -> Deviation {
        let tenant = Owner::Tenant(self.service.tenant.to_owned());
        let (duty, owner) = match stage {
            Stage::Sale => (Duty::Sale, self.service.seller.clone()),
            Stage::Acceptance => (Duty::Acceptance, tenant),
            Stage::Enabling | Stage::Writing | Stage::Attaching => (Duty::Promptness, Owner::Cloud),
            Stage::Router => (Duty::Router, tenant),
            Stage::Addresses => (Duty::Addresses, tenant),
            Stage::Routes => (Duty::Routes, tenant),
            Stage::Attachment => (Duty::Attachment, tenant),
        };
        let service = self.service;
        Deviation::new(duty, owner, &service.idc.name.0, wrote, what, heal).of(service.tenant)
    }

    /// A sale of another VLAN than the one that the partner's switch has, or to another account.
    fn wrong_sale(&self) -> Option<Deviation> {
        let sale = self.service.sale.as_ref().filter(|sale| sale.accepted.is_some())?;
        let right = self.right_sale(sale);
        let first = right.first()?;
        let key = first.key.trim_start_matches("with.");
        let idc = self.service.idc;
        // Nobody agreed it beside the order, which the law accepted: it is right.
        let ordered = key == "VlanId" && self.service.agreed().is_none_or(|agreed| agreed.vlan_id.is_none());
        let switch = self.scene.accounts.of_port(&idc.attach);
        if ordered && switch != self.service.seller {
            let vlan = sale.with(key)?;
            let what = format!(
                "{} has VLAN {} for {}, and VLAN {vlan} is sold to it",
                idc.attach.value, idc.vlan_id.value, &*idc.name.0
            );
            let heal = vec![Edit::set(ItemName::new(Section::Idcs, &idc.name.0), "vlan_id", vlan)];
            let deviation = Deviation::new(Duty::Operation, switch, &idc.attach.0, idc.vlan_id.span, what, heal);
            return Some(deviation.of(self.service.tenant).shown(true));
        }
        let what = format!(
            "the sale to {} says {key} {}, and its service is to have {}",
            self.service.tenant,
            sale.with(key).unwrap_or("nothing"),
            first.value.as_deref().unwrap_or("none")
        );
        let wrote = with_span(sale, key).unwrap_or(idc.name.span);
        let heal = vec![Edit::Change(sale.name.clone(), right)];
        Some(self.deviation(Stage::Sale, what, wrote, heal).shown(true))
    }

    /// What a sale has to say otherwise.
    fn right_sale(&self, sale: &Call<'_>) -> Vec<KeyChange> {
        let service = self.service;
        let mut changes = Vec::new();
        let vlan = service.agreed_vlan().to_string();
        if sale.with("VlanId") != Some(vlan.as_str()) {
            changes.push(KeyChange::set("with.VlanId", &vlan));
        }
        let buyer = match service.kind {
            Kind::Shared => Some("VpconnAliUid"),
            Kind::Legacy => Some("VbrOwnerId"),
            Kind::Own => None,
        };
        if let Some(key) = buyer
            && !sale
                .with(key)
                .is_some_and(|uid| self.scene.accounts.is(uid, service.tenant))
        {
            changes.push(KeyChange::set(&format!("with.{key}"), service.tenant));
        }
        let agreed = service.agreed().and_then(|agreed| agreed.spec.as_ref());
        if let Some(spec) = agreed.filter(|spec| sale_rate(sale, self.scene.plan).is_some_and(|rate| rate < spec.value))
        {
            let change = match service.kind {
                Kind::Shared => KeyChange::set("with.Spec", &spec.value.to_string()),
                Kind::Legacy | Kind::Own => {
                    KeyChange::set("with.Bandwidth", &(spec.value.as_bps() / 1_000_000).to_string())
                }
            };
            changes.push(change);
        }
        changes
    }

    /// When a stage was done; `None`: it never was. `before`: when all before it were, `last` when the one
    /// before it was. A stage that this kind of service does not have is done with those before.
    fn done(&self, stage: Stage, before: SimTime, last: SimTime) -> Option<SimTime> {
        let service = self.service;
        let of = |call: Option<&Call<'_>>| call.and_then(|call| call.accepted);
        match (stage, service.kind) {
            (Stage::Sale, Kind::Own)
            | (Stage::Acceptance, Kind::Own)
            | (Stage::Enabling, Kind::Own | Kind::Legacy)
            | (Stage::Router, Kind::Legacy) => Some(before),
            (Stage::Sale, _) => of(service.sale.as_ref()),
            (Stage::Acceptance, _) => of(service.acceptance.as_ref()),
            (Stage::Enabling, _) => Some(last.saturating_add(self.takes(Lead::PortEnable))),
            (Stage::Writing, _) if service.idc.lan.is_none() => Some(before),
            (Stage::Writing, _) => Some(last.saturating_add(self.takes(Lead::RouteEntry))),
            (Stage::Attaching, _) if service.vpcs.is_empty() => Some(before),
            (Stage::Attaching, _) => Some(last.saturating_add(self.takes(Lead::CenAttachment))),
            (Stage::Router, _) => of(service.router.as_ref()),
            (Stage::Addresses, _) => of(service.addresses.as_ref()),
            (Stage::Routes, _) if service.idc.lan.is_none() => Some(before),
            (Stage::Routes, _) => {
                let covers = |call: &&Call<'_>| self.covers(call);
                service
                    .routes
                    .iter()
                    .filter(covers)
                    .filter_map(|call| call.accepted)
                    .min()
            }
            (Stage::Attachment, _) if service.vpcs.is_empty() => Some(before),
            (Stage::Attachment, _) => of(service.attachment.as_ref()),
        }
    }

    /// Does this route lead to the data centre's network?
    fn covers(&self, call: &Call<'_>) -> bool {
        let lan = self.service.idc.lan.as_ref().map(|lan| lan.value);
        let to = call.with("DestinationCidrBlock").and_then(prefix);
        match (lan, to) {
            (Some(lan), Some(to)) => contains(to, lan),
            _ => false,
        }
    }

    /// The first stage that is open when frames need the service. What is done by its date, or takes no
    /// longer than is promised, puts off when that is.
    fn first_open(&self, mut needed: SimTime, found: &mut Vec<Deviation>) {
        let (mut before, mut last) = (SimTime::ZERO, SimTime::ZERO);
        for (at, stage) in STAGES.into_iter().enumerate() {
            let done = self.done(stage, before, last);
            if done.is_none_or(|done| done > needed) {
                let stages = &STAGES[at..];
                let until = self.until(stage, last).filter(|until| *until > needed);
                if let Some(until) = until {
                    let late = done.map_or(until, |done| done.min(until));
                    found.extend(self.by_contract(stages, (before, last), late));
                }
                match (done, until) {
                    (Some(done), Some(until)) if done <= until => needed = done,
                    _ if stage.lead().is_some() => {
                        found.extend(self.slow(stages, (before, last), needed));
                        return;
                    }
                    _ => {
                        let from = until.map_or(before, |until| before.max(until));
                        found.extend(self.open(stages, from, done, needed));
                        return;
                    }
                }
            }
            last = done.unwrap_or(last);
            before = before.max(last);
        }
    }

    /// Up to when a stage may take by contract: as long as is promised, or until a date of its own.
    fn until(&self, stage: Stage, last: SimTime) -> Option<SimTime> {
        if let Some(lead) = stage.lead() {
            return Some(last.saturating_add(self.promised(lead)));
        }
        self.dates(stage).map(|date| date.value).max()
    }

    /// The dates that the file sets for a stage.
    fn dates(&self, stage: Stage) -> impl Iterator<Item = &'a At<SimTime>> {
        let due = self.service.idc.due.as_ref();
        let dates = match (stage, due) {
            (Stage::Acceptance, Some(due)) => [due.acceptance.as_ref(), due.billing.as_ref()],
            (Stage::Attachment, Some(due)) => [due.attach.as_ref(), None],
            _ => [None, None],
        };
        dates.into_iter().flatten()
    }

    /// A step of the cloud's that takes longer than is promised.
    fn slow(&self, stages: &[Stage], (before, last): (SimTime, SimTime), needed: SimTime) -> Option<Deviation> {
        let stage = *stages.first()?;
        let lead = stage.lead()?;
        let mut heal = self.healed(stages, last, true)?;
        if stage == Stage::Enabling {
            heal.extend(self.beforehand(before, needed));
        }
        let what = format!(
            "{} takes {} for {}, and {} is promised (policy async_promise)",
            lead.name(),
            self.takes(lead),
            &*self.service.idc.name.0,
            self.promised(lead)
        );
        Some(self.deviation(stage, what, self.lead_span(lead), heal))
    }

    /// A stage that is not late yet: nobody's departure.
    fn by_contract(&self, stages: &[Stage], (before, last): (SimTime, SimTime), late: SimTime) -> Option<Deviation> {
        let stage = *stages.first()?;
        let name = &*self.service.idc.name.0;
        let (heal, what, wrote) = match stage.lead() {
            Some(lead) => (
                self.healed(stages, last, false)?,
                format!(
                    "{} of {name} is done at {late}, within what is promised (policy async_promise)",
                    lead.name()
                ),
                self.lead_span(lead),
            ),
            None => {
                let date = self.dates(stage).max_by_key(|date| date.value)?;
                let what = format!("{} of {name} is due at {}, and not before", stage.noun(), date.value);
                (self.healed(stages, before, true)?, what, date.span)
            }
        };
        let deviation = self.deviation(stage, what, wrote, heal);
        Some(Deviation {
            owner: Owner::Contract,
            ..deviation
        })
    }

    fn open(&self, stages: &[Stage], before: SimTime, late: Option<SimTime>, needed: SimTime) -> Option<Deviation> {
        let stage = *stages.first()?;
        let mut heal = self.healed(stages, before, true)?;
        heal.extend(self.beforehand(before, needed));
        let call = self.call(stage);
        let wrote = call.map_or(self.service.idc.name.span, |call| call.item.operation.span);
        let tenant = self.service.tenant;
        let todo = match stage {
            Stage::Sale => format!("VLAN {} is sold to {tenant}", self.service.agreed_vlan()),
            Stage::Acceptance => format!("{tenant} accepts its port"),
            Stage::Router => format!("{tenant} makes its VBR"),
            Stage::Addresses => format!("{tenant} gives its VBR addresses"),
            Stage::Routes => format!("{tenant} routes its network"),
            Stage::Attachment => format!("{tenant} hangs its VBR on a transit router"),
            Stage::Enabling | Stage::Writing | Stage::Attaching => return None,
        };
        let told = match (late, call.is_some_and(|call| call.accepted.is_none())) {
            (Some(late), _) => format!("at {late}, and its first frame leaves at {needed}"),
            (None, true) => "never: the call was refused".to_owned(),
            (None, false) => "never".to_owned(),
        };
        Some(self.deviation(stage, format!("{todo} {told}"), wrote, heal))
    }

    /// What should have been done before the run began takes no time: else nothing of what was sent in its
    /// first moments could be saved by anybody.
    fn beforehand(&self, before: SimTime, needed: SimTime) -> Vec<Edit> {
        let leads = &self.scene.plan.law.premises().leads;
        let takes = LATER.into_iter().map(|lead| leads.range(lead).max).max();
        let done = before.saturating_add(takes.unwrap_or(SimDuration::ZERO));
        let none = |lead: Lead| Edit::set(ItemName::scenario(), &format!("lead_times.{}", lead.name()), "0s");
        let late = done.saturating_add(STEP.saturating_mul(STAGES.len() as u64)) >= needed;
        LATER.into_iter().filter(|_| late).map(none).collect()
    }

    fn lead_span(&self, of: Lead) -> Span {
        let leads = &self.scene.expanded.file().lead_times.0;
        let found = leads.iter().find(|(lead, _)| lead.value == of);
        found.map_or(self.service.idc.name.span, |(lead, _)| lead.span)
    }

    /// The call of the file that does a stage, however it ended.
    fn call(&self, stage: Stage) -> Option<&Call<'a>> {
        match stage {
            Stage::Sale => self.service.sale.as_ref(),
            Stage::Acceptance => self.service.acceptance.as_ref(),
            Stage::Enabling | Stage::Writing | Stage::Attaching => None,
            Stage::Router => self.service.router.as_ref(),
            Stage::Addresses => self.service.addresses.as_ref(),
            Stage::Routes => self
                .service
                .routes
                .iter()
                .find(|call| self.covers(call))
                .or(self.service.routes.first()),
            Stage::Attachment => self.service.attachment.as_ref(),
        }
    }

    /// The edits that do these stages from `before` on, one after the other. `promise`: the cloud takes as
    /// long as it promises, else the first of these stages takes no time.
    fn healed(&self, stages: &[Stage], before: SimTime, promise: bool) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        let mut at = before;
        let names = Names::of(self.service);
        for (place, stage) in stages.iter().enumerate() {
            at = at.saturating_add(STEP);
            match stage {
                Stage::Enabling | Stage::Writing | Stage::Attaching => {
                    let lead = stage.lead()?;
                    let promised = match promise || place > 0 {
                        true => self.promised(lead),
                        false => SimDuration::ZERO,
                    };
                    // The two that come last go on beside each other.
                    if *stage == Stage::Enabling {
                        at = at.saturating_add(self.takes(lead).min(promised));
                    }
                    if self.takes(lead) > promised {
                        let key = format!("lead_times.{}", lead.name());
                        edits.push(Edit::set(ItemName::scenario(), &key, &promised.to_string()));
                    }
                }
                Stage::Acceptance => {
                    edits.extend(self.billing());
                    edits.extend(self.call_at(*stage, at, &names)?);
                }
                Stage::Sale | Stage::Router | Stage::Addresses | Stage::Routes | Stage::Attachment => {
                    edits.extend(self.call_at(*stage, at, &names)?);
                }
            }
        }
        Some(edits)
    }

    /// Outbound billing is on, and stays on, where accepting needs it.
    fn billing(&self) -> Vec<Edit> {
        let mut accounts = self.scene.expanded.file().accounts.iter();
        let tenant = self.service.tenant;
        let account = accounts.find(|account| *account.name.0 == *tenant);
        let on = account.and_then(|account| account.outbound_billing.as_ref());
        let off = !on.is_some_and(|on| on.value);
        let item = ItemName::new(Section::Accounts, tenant);
        let mut edits: Vec<Edit> = off
            .then(|| Edit::set(item, "outbound_billing", "true"))
            .into_iter()
            .collect();
        let lapses = self.scene.services.calls.iter().filter(|call| {
            let whose = call.with("AliUid");
            let lapse = call.item.operation.value == OperationName::LapseOutboundBilling;
            lapse && whose.is_some_and(|uid| self.scene.accounts.is(uid, tenant))
        });
        edits.extend(lapses.map(|call| Edit::Remove(call.name.clone())));
        edits
    }

    /// A stage's call, at this time and as it should be: moved and changed where it is there, else added.
    fn call_at(&self, stage: Stage, at: SimTime, names: &Names) -> Option<Vec<Edit>> {
        let service = self.service;
        match (stage, service.kind) {
            (Stage::Sale | Stage::Acceptance, Kind::Own) | (Stage::Router, Kind::Legacy) => return Some(Vec::new()),
            (Stage::Routes, _) if service.idc.lan.is_none() => return Some(Vec::new()),
            (Stage::Attachment, _) if service.vpcs.is_empty() => return Some(Vec::new()),
            // Given with the VBR.
            (Stage::Addresses, Kind::Shared | Kind::Own) if !self.modifies() => return Some(Vec::new()),
            _ => {}
        }
        let Some(call) = self.call(stage) else {
            return Some(vec![Edit::Add(Section::Provisioning, self.written(stage, at, names)?)]);
        };
        let mut edits = vec![Edit::Move(call.name.clone(), at)];
        let changes = match stage {
            Stage::Sale => self.right_sale(call),
            Stage::Routes if !self.covers(call) => {
                let lan = service.idc.lan.as_ref()?;
                vec![KeyChange::set("with.DestinationCidrBlock", &text(lan.value))]
            }
            Stage::Router if call.accepted.is_none() => self.interconnect()?.changes(),
            _ => Vec::new(),
        };
        if !changes.is_empty() {
            edits.push(Edit::Change(call.name.clone(), changes));
        }
        Some(edits)
    }

    /// Are addresses given by a call of their own?
    fn modifies(&self) -> bool {
        let own = self.service.router.as_ref().map(|call| &call.name);
        self.service
            .addresses
            .as_ref()
            .is_some_and(|call| Some(&call.name) != own)
            || (self.service.addresses.is_none() && self.service.router.is_some())
    }

    fn interconnect(&self) -> Option<Interconnect> {
        Interconnect::of(self.service)
    }

    /// A stage's call as the `tenants` shorthand writes it.
    fn written(&self, stage: Stage, at: SimTime, names: &Names) -> Option<String> {
        let service = self.service;
        let tenant = service.tenant;
        let at = format!("{}ns", at.as_nanos());
        let step = |by: &str, call: &str, bind: &str, with: &str| {
            let bind = if bind.is_empty() {
                String::new()
            } else {
                format!("as: {bind}, ")
            };
            format!("{{ at: {at}, by: {by}, do: {call}, {bind}with: {{ {with} }} }}")
        };
        let spec = || {
            self.scene
                .services
                .sold(&service.idc.name.0)
                .map_or("50M".to_owned(), |sold| sold.to_string())
        };
        Some(match (stage, service.kind) {
            (Stage::Sale, _) => {
                let with = format!(
                    "PhysicalConnectionId: {}, VpconnAliUid: {tenant}, VlanId: {}, Spec: {}, OrderMode: \
                     PayByVirtualPhysicalConnectionOwner",
                    &*service.idc.circuit.0,
                    service.agreed_vlan(),
                    spec()
                );
                step(
                    &service.seller_account,
                    "CreateVirtualPhysicalConnection",
                    &names.port,
                    &with,
                )
            }
            (Stage::Acceptance, Kind::Legacy) => step(
                tenant,
                "Simulator.ConfirmVirtualBorderRouter",
                "",
                &format!("VbrId: {}", names.vbr),
            ),
            (Stage::Acceptance, _) => step(
                tenant,
                "ConfirmPhysicalConnection",
                "",
                &format!("PhysicalConnectionId: {}", names.port),
            ),
            (Stage::Router, _) => {
                let on = match service.kind {
                    Kind::Own => format!("{}, VlanId: {}", &*service.idc.circuit.0, service.agreed_vlan()),
                    Kind::Shared | Kind::Legacy => names.port.clone(),
                };
                let with = format!("PhysicalConnectionId: {on}, {}", self.interconnect()?.with());
                step(tenant, "CreateVirtualBorderRouter", &names.vbr, &with)
            }
            (Stage::Addresses, _) => {
                let with = format!("VbrId: {}, {}", names.vbr, self.interconnect()?.with());
                step(tenant, "ModifyVirtualBorderRouterAttribute", "", &with)
            }
            (Stage::Routes, _) => {
                let lan = text(service.idc.lan.as_ref()?.value);
                let with = format!(
                    "RouteTableId: {}, DestinationCidrBlock: {lan}, NextHopType: PhysicalConnection",
                    names.vbr
                );
                step(tenant, "CreateRouteEntry", "", &with)
            }
            (Stage::Attachment, _) => step(
                tenant,
                "CreateTransitRouterVbrAttachment",
                "",
                &format!("VbrId: {}", names.vbr),
            ),
            (Stage::Enabling | Stage::Writing | Stage::Attaching, _) => return None,
        })
    }
}

/// What calls of a service bind, or would.
struct Names {
    port: String,
    vbr: String,
}

impl Names {
    fn of(service: &Service<'_>) -> Self {
        let idc = &*service.idc.name.0;
        let port = service.sale.as_ref().and_then(Call::bind);
        Self {
            port: port.map_or_else(|| format!("{idc}.port"), str::to_owned),
            vbr: service.vbr().map_or_else(|| format!("{idc}.vbr"), str::to_owned),
        }
    }
}

/// Both ends of an interconnect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interconnect {
    pub local: Ipv4Addr,
    pub peer: Ipv4Addr,
    pub len: u8,
}

impl Interconnect {
    /// As the data centre has it; `None`: its gateway is not known.
    pub(super) fn of(service: &Service<'_>) -> Option<Self> {
        let IpAddr::V4(peer) = service.idc.address.address else {
            return None;
        };
        let len = service.idc.address.len;
        let written = service.idc.gateway.as_ref().map(|gateway| gateway.value);
        let local = match written {
            Some(IpAddr::V4(local)) => local,
            Some(IpAddr::V6(_)) => return None,
            // In a /30 the other of the two.
            None if len == 30 => Ipv4Addr::from(u32::from(peer) ^ 3),
            None => return None,
        };
        Some(Self { local, peer, len })
    }

    pub(super) fn mask(self) -> Ipv4Addr {
        let host = u32::MAX.checked_shr(u32::from(self.len)).unwrap_or(0);
        Ipv4Addr::from(!host)
    }

    fn with(self) -> String {
        let (local, peer, mask) = (self.local, self.peer, self.mask());
        format!("LocalGatewayIp: {local}, PeerGatewayIp: {peer}, PeeringSubnetMask: {mask}")
    }

    pub(super) fn changes(self) -> Vec<KeyChange> {
        vec![
            KeyChange::set("with.LocalGatewayIp", &self.local.to_string()),
            KeyChange::set("with.PeerGatewayIp", &self.peer.to_string()),
            KeyChange::set("with.PeeringSubnetMask", &self.mask().to_string()),
        ]
    }
}

/// Where a parameter of a call stands.
pub(super) fn with_span(call: &Call<'_>, key: &str) -> Option<Span> {
    let mut rows = call.item.with.0.iter();
    rows.find(|(name, _)| name == key).map(|(_, value)| value.span)
}

fn prefix(text: &str) -> Option<Prefix> {
    let (address, len) = text.split_once('/')?;
    Some(Prefix {
        address: address.parse().ok()?,
        len: len.parse().ok()?,
    })
}

fn text(prefix: Prefix) -> String {
    format!("{}/{}", prefix.address, prefix.len)
}

/// Does the first network hold the second?
fn contains(outer: Prefix, inner: Prefix) -> bool {
    let (IpAddr::V4(a), IpAddr::V4(b)) = (outer.address, inner.address) else {
        return false;
    };
    let host = u32::MAX.checked_shr(u32::from(outer.len)).unwrap_or(0);
    outer.len <= inner.len && u32::from(a) & !host == u32::from(b) & !host
}
