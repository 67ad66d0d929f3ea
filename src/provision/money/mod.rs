//! The bill: a ledger that folds events with their times, and octets, into lines.
//!
//! The state has no clock; the caller stamps each event. Four rows, as the documentation lists
//! them: initial installation and VBR instance (not charged), port usage (by `OrderMode`), and
//! outbound data transfer (the tenant). Prices come from the caller alone.

use std::collections::BTreeMap;

use crate::ident::AccountId;
use crate::provision::ids::{PcId, ResourceId, ServiceKey, VbrId};
use crate::provision::law::event::Event;
use crate::provision::law::policy::{Gigabyte, Policies};
use crate::provision::table::spec::Spec;
use crate::units::{SimDuration, SimTime};

const HOUR: u64 = 3_600_000_000_000;

/// A row of the fee table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BillRow {
    /// Initial installation fee: not charged.
    InitialInstallation,
    /// VBR instance fee: not charged.
    VbrInstance,
    /// Port usage fee.
    PortUsage,
    /// Outbound data transfer fee.
    OutboundDataTransfer,
}

impl BillRow {
    /// The row's name, as the documentation has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InitialInstallation => "initial installation fee",
            Self::VbrInstance => "VBR instance fee",
            Self::PortUsage => "port usage fee",
            Self::OutboundDataTransfer => "outbound data transfer fee",
        }
    }
    /// Is it charged? The documentation lists the other rows as not charged.
    pub const fn is_charged(self) -> bool {
        matches!(self, Self::PortUsage | Self::OutboundDataTransfer)
    }
}

/// Prices of a scenario, in millionths of its currency. Nothing is priced by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prices {
    /// The currency's name.
    pub currency: String,
    /// Port usage for one billing month, by spec.
    pub port_month: BTreeMap<Spec, u64>,
    /// Outbound data transfer for one GB.
    pub outbound_gb: Option<u64>,
}

/// What a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Nanoseconds at one spec.
    PortTime(Spec),
    /// Octets, by the basis that the policy `octets_billing` names.
    Octets,
    /// Instances or installations.
    Pieces,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// Who pays.
    pub account: AccountId,
    /// For what.
    pub row: BillRow,
    /// Which shared port or VBR.
    pub resource: ResourceId,
    /// How much.
    pub quantity: u64,
    /// Of what.
    pub unit: Unit,
    /// In millionths of the currency, rounded down once per line; `None` where no price is known,
    /// zero where the row is not charged.
    pub amount: Option<u64>,
}

/// Octets that were recorded and are nobody's to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unbilled {
    /// How many octets.
    pub octets: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fee {
    payer: AccountId,
    /// Finished spans: how long at which spec.
    spans: BTreeMap<Spec, SimDuration>,
    running: Option<(Spec, SimTime)>,
}

impl Fee {
    fn close(&mut self, at: SimTime) {
        if let Some((spec, since)) = self.running.take() {
            debug_assert!(since <= at, "a bill never runs backwards");
            let span = self.spans.entry(spec).or_default();
            *span = span.saturating_add(at.saturating_since(since));
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Outbound {
    port: PcId,
    tenant: AccountId,
    from: SimTime,
    until: Option<SimTime>,
}

/// Folds events and octets into what each account owes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    fees: BTreeMap<PcId, Fee>,
    outbound: BTreeMap<ServiceKey, Vec<Outbound>>,
    /// (port, hour of the run) to the payer and exact octets.
    octets: BTreeMap<(PcId, u64), (AccountId, u64)>,
    accepted: BTreeMap<PcId, AccountId>,
    vbrs: BTreeMap<VbrId, AccountId>,
    unbilled: BTreeMap<ServiceKey, Unbilled>,
}

impl Ledger {
    /// A ledger without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds one event that happened at `at`. Events come in the order of time.
    pub fn fold(&mut self, at: SimTime, event: &Event) {
        match *event {
            Event::PortAccepted { port, tenant } => {
                self.accepted.insert(port, tenant);
            }
            Event::PortFeeStarted { port, payer, spec } => {
                let fee = self.fees.entry(port).or_insert(Fee {
                    payer,
                    spans: BTreeMap::new(),
                    running: None,
                });
                fee.close(at);
                fee.running = Some((spec, at));
            }
            Event::PortFeeChanged { port, spec } => {
                if let Some(fee) = self.fees.get_mut(&port) {
                    fee.close(at);
                    fee.running = Some((spec, at));
                }
            }
            Event::PortFeeStopped { port } => {
                if let Some(fee) = self.fees.get_mut(&port) {
                    fee.close(at);
                }
            }
            Event::OutboundStarted { port, service, tenant } => {
                debug_assert!(
                    self.outbound_payer(service).is_none(),
                    "one payer at a time for outbound data"
                );
                self.outbound.entry(service).or_default().push(Outbound {
                    port,
                    tenant,
                    from: at,
                    until: None,
                });
            }
            Event::OutboundStopped { port, service } => {
                let spans = self.outbound.get_mut(&service).into_iter().flatten();
                for span in spans.filter(|s| s.port == port && s.until.is_none()) {
                    span.until = Some(at);
                }
            }
            Event::VbrActivated { vbr, tenant } => {
                self.vbrs.insert(vbr, tenant);
            }
            Event::VbrStopped { .. } | Event::VlanFreed { .. } => {}
        }
    }

    /// Counts outbound octets of a service that left at `at`.
    ///
    /// They are billed exactly where an outbound interval covers the instant (its start counts,
    /// its end does not), to the hour of the run in which they left.
    pub fn record(&mut self, service: ServiceKey, at: SimTime, octets: u64) {
        let spans = self.outbound.get(&service).map(Vec::as_slice).unwrap_or_default();
        let covering = spans
            .iter()
            .rev()
            .find(|s| s.from <= at && s.until.is_none_or(|until| at < until));
        match covering {
            Some(span) => {
                let hour = at.as_nanos() / HOUR;
                let entry = self.octets.entry((span.port, hour)).or_insert((span.tenant, 0));
                entry.1 = entry.1.saturating_add(octets);
            }
            None => {
                let entry = self.unbilled.entry(service).or_default();
                entry.octets = entry.octets.saturating_add(octets);
            }
        }
    }

    /// Is outbound data of the service billed just now, and to whom?
    pub fn outbound_payer(&self, service: ServiceKey) -> Option<AccountId> {
        let last = self.outbound.get(&service)?.last()?;
        last.until.is_none().then_some(last.tenant)
    }

    /// Exact octets by (payer, shared port, hour of the run), in order.
    pub fn hours(&self) -> impl Iterator<Item = (AccountId, PcId, u64, u64)> + '_ {
        self.octets
            .iter()
            .map(|((port, hour), (payer, octets))| (*payer, *port, *hour, *octets))
    }

    /// Octets that were recorded outside of every outbound interval, by service.
    pub fn unbilled(&self) -> impl Iterator<Item = (ServiceKey, Unbilled)> + '_ {
        self.unbilled.iter().map(|(key, unbilled)| (*key, *unbilled))
    }

    /// The invoice as of `at`, in order of account, row and resource.
    pub fn invoice(&self, at: SimTime, prices: &Prices, policies: &Policies) -> Vec<InvoiceLine> {
        let mut lines = Vec::new();
        for (port, tenant) in &self.accepted {
            lines.push(free(*tenant, BillRow::InitialInstallation, (*port).into()));
        }
        for (vbr, tenant) in &self.vbrs {
            lines.push(free(*tenant, BillRow::VbrInstance, (*vbr).into()));
        }
        for (port, fee) in &self.fees {
            self.port_lines(*port, fee, at, prices, policies, &mut lines);
        }
        self.outbound_lines(prices, policies, &mut lines);
        lines.sort_by_key(|line| (line.account, line.row, line.resource, line.unit));
        debug_assert!(
            lines.iter().all(|line| line.unit != Unit::Pieces || line.quantity > 0),
            "a piece is one at least"
        );
        lines
    }

    fn port_lines(
        &self,
        port: PcId,
        fee: &Fee,
        at: SimTime,
        prices: &Prices,
        policies: &Policies,
        lines: &mut Vec<InvoiceLine>,
    ) {
        let mut closed = fee.clone();
        closed.close(at);
        for (spec, span) in closed.spans {
            let month = policies.billing_month.as_nanos().max(1);
            lines.push(InvoiceLine {
                account: fee.payer,
                row: BillRow::PortUsage,
                resource: port.into(),
                quantity: span.as_nanos(),
                unit: Unit::PortTime(spec),
                amount: prices
                    .port_month
                    .get(&spec)
                    .map(|price| share(*price, span.as_nanos(), month)),
            });
        }
    }

    fn outbound_lines(&self, prices: &Prices, policies: &Policies, lines: &mut Vec<InvoiceLine>) {
        let mut sums: BTreeMap<(AccountId, PcId), u64> = BTreeMap::new();
        for spans in self.outbound.values() {
            for span in spans {
                sums.entry((span.tenant, span.port)).or_default();
            }
        }
        for ((port, _), (payer, octets)) in &self.octets {
            let sum = sums.entry((*payer, *port)).or_default();
            *sum = sum.saturating_add(*octets);
        }
        let gb = match policies.billing_gb {
            Gigabyte::Decimal => 1_000_000_000,
            Gigabyte::Binary => 1 << 30,
        };
        for ((account, port), octets) in sums {
            lines.push(InvoiceLine {
                account,
                row: BillRow::OutboundDataTransfer,
                resource: port.into(),
                quantity: octets,
                unit: Unit::Octets,
                amount: prices.outbound_gb.map(|price| share(price, octets, gb)),
            });
        }
    }
}

fn free(account: AccountId, row: BillRow, resource: ResourceId) -> InvoiceLine {
    InvoiceLine {
        account,
        row,
        resource,
        quantity: 1,
        unit: Unit::Pieces,
        amount: Some(0),
    }
}

/// `price` x `part` / `whole`, rounded down; saturates.
fn share(price: u64, part: u64, whole: u64) -> u64 {
    let amount = u128::from(price) * u128::from(part) / u128::from(whole);
    u64::try_from(amount).unwrap_or(u64::MAX)
}
