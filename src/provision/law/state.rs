//! The state as a value, and the one door by which it changes.

use std::collections::BTreeMap;

use crate::ident::AccountId;
use crate::provision::circuit::Circuit;
use crate::provision::ids::{AttachmentId, PcId, ResourceId, ServiceKey, VbrId};
use crate::provision::law::choices::{Choices, Lead};
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::event::{Event, Sink};
use crate::provision::law::pending::{Pending, Task};
use crate::provision::law::policy::Policies;
use crate::provision::law::premises::{Account, LeadTimes, Premises, PremisesError, PresetCircuit};
use crate::provision::law::setup::Project;
use crate::provision::port::Port;
use crate::provision::table::codes as c;
use crate::provision::table::operation::Operation;
use crate::provision::vbr::{Attachment, Vbr};
use crate::units::SimDuration;

/// What a dry run answers whose guards all allow it. A page says of three operations that it
/// returns the id of the request, of the others that it is a refusal by its own code.
fn passed_dry_run(op: &Operation) -> Result<Reply, ApiError> {
    let note = "the request is valid; nothing was changed";
    match op {
        Operation::CreateVpconnFromVbr(_)
        | Operation::AttachVbrToVpconn(_)
        | Operation::UpdateVirtualPhysicalConnection(_) => Ok(Reply {
            note: note.to_owned(),
            ..Reply::default()
        }),
        _ => Err(deny(c::DRY_RUN, note)),
    }
}

/// An operation with its idempotency token and dry-run flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What is asked.
    pub op: Operation,
    /// A repeat of the same token creates nothing twice.
    pub token: Option<String>,
    /// Judge only, and nothing changes. What success answers is the operation's own:
    /// `DRYRUN.SUCCESS`, or the request's id, which is a reply without effects.
    pub dry_run: bool,
}

impl From<Operation> for Call {
    fn from(op: Operation) -> Self {
        Self {
            op,
            token: None,
            dry_run: false,
        }
    }
}

/// What a successful call answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// The resource that was made.
    pub created: Option<ResourceId>,
    /// Services whose view may have changed at once.
    pub touched: Vec<ServiceKey>,
    /// What money and the account of the run depend on.
    pub events: Vec<Event>,
    /// What a reader would like to know.
    pub note: String,
    /// What the call set going that comes about later.
    pub begun: Begun,
    /// The token was known: this is the earlier answer, and nothing happened now.
    pub replayed: bool,
}

/// What a call set going that comes about later: its outcome. What only time brings, the end of a VLAN's
/// retention or of a port that nobody accepts, is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Begun(Vec<Task>);

/// What a token's first call asked and was answered: resource and note.
pub(in crate::provision) type Answered = (Operation, Option<ResourceId>, Box<str>);

/// What an account's calls have made of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::provision) struct Books {
    pub outbound: bool,
    pub next_pc: u32,
    pub next_vbr: u32,
    pub next_attachment: u32,
    /// Circuits that are not enabled yet.
    pub unfinished: u32,
    /// Circuits that are locked for an overdue payment.
    pub overdue: u32,
}

impl Books {
    fn new(account: &Account) -> Self {
        Self {
            outbound: account.outbound_billing,
            next_pc: 1,
            next_vbr: 1,
            next_attachment: 1,
            unfinished: 0,
            overdue: 0,
        }
    }
}

/// Who uses a VLAN of a circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(in crate::provision) struct VlanUse {
    pub port: Option<PcId>,
    pub vbr: Option<VbrId>,
    /// Kept after its user was deleted.
    pub retained: bool,
}

impl VlanUse {
    pub(in crate::provision) fn is_free(self) -> bool {
        self == Self::default()
    }
}

/// Everything that provisioning knows, as a value.
///
/// Equal states behave equally from now on; how long ago the run began is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    pub(in crate::provision) premises: Shared,
    pub(in crate::provision) books: Vec<Books>,
    pub(in crate::provision) circuits: BTreeMap<PcId, Circuit>,
    pub(in crate::provision) ports: BTreeMap<PcId, Port>,
    pub(in crate::provision) vbrs: BTreeMap<VbrId, Vbr>,
    pub(in crate::provision) attachments: BTreeMap<AttachmentId, Attachment>,
    pub(in crate::provision) slots: BTreeMap<ServiceKey, VlanUse>,
    pub(in crate::provision) projects: BTreeMap<(AccountId, AccountId), Project>,
    /// (partner, account that was given) of projects whose gates are passed, with how many.
    pub(in crate::provision) cleared: BTreeMap<(AccountId, u64), u32>,
    /// Earlier answers by (account, token).
    pub(in crate::provision) tokens: BTreeMap<(AccountId, Box<str>), Answered>,
    pub(in crate::provision) pending: Pending,
}

/// The premises behind a shared pointer: cloned by reference, compared by pointer first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::provision) struct Shared(std::sync::Arc<Premises>);

impl std::ops::Deref for Shared {
    type Target = Premises;
    fn deref(&self) -> &Premises {
        &self.0
    }
}

impl std::hash::Hash for Shared {
    /// States of one set of premises are told apart by everything else.
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// What a plan may look at: the state, the caller, and the source of outcomes.
pub(in crate::provision) struct Cx<'a> {
    pub s: &'a State,
    pub by: AccountId,
    pub choices: &'a mut dyn Choices,
}

/// What the application of a plan fills in.
pub(in crate::provision) struct Fx<'a> {
    pub sink: Sink,
    pub created: Option<ResourceId>,
    pub note: String,
    pub choices: &'a mut dyn Choices,
}

/// A change that every guard allowed.
pub(in crate::provision) type Apply = Box<dyn FnOnce(&mut State, &mut Fx<'_>)>;

/// The guards of an operation: they see the state by shared reference, so a refusal cannot have changed it.
pub(in crate::provision) trait Guarded {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError>;
}

/// A change, boxed.
pub(in crate::provision) fn apply(change: impl FnOnce(&mut State, &mut Fx<'_>) + 'static) -> Result<Apply, ApiError> {
    Ok(Box::new(change))
}

impl State {
    /// The state before the first step.
    pub fn new(premises: Premises) -> Self {
        let books = premises.accounts().iter().map(Books::new).collect();
        Self {
            premises: Shared(std::sync::Arc::new(premises)),
            books,
            circuits: BTreeMap::new(),
            ports: BTreeMap::new(),
            vbrs: BTreeMap::new(),
            attachments: BTreeMap::new(),
            slots: BTreeMap::new(),
            projects: BTreeMap::new(),
            cleared: BTreeMap::new(),
            tokens: BTreeMap::new(),
            pending: Pending::default(),
        }
    }

    /// Puts an enabled circuit into the state, before the first step.
    pub fn preset_circuit(&mut self, preset: &PresetCircuit) -> Result<PcId, PremisesError> {
        let premises = &self.premises;
        if premises.account(preset.owner).is_none() {
            return Err(PremisesError::NoAccount(preset.owner.0));
        }
        if preset.bandwidth_mbps == 0 {
            return Err(PremisesError::NoBandwidth);
        }
        let ap = premises
            .access_point_index(&preset.access_point)
            .ok_or_else(|| PremisesError::NoAccessPoint(preset.access_point.clone()))?;
        let devices = &premises.access_points()[ap].devices;
        let device = if preset.device.is_empty() {
            0
        } else {
            devices
                .iter()
                .position(|d| d.name == preset.device)
                .ok_or_else(|| PremisesError::NoSuchDevice(preset.access_point.clone(), preset.device.clone()))?
        };
        let mut circuit = Circuit::applied(preset.owner, ap as u32, device as u32, preset.bandwidth_mbps);
        circuit.set_built();
        circuit.qos_policy = preset.qos_policy;
        let id = self.next_pc(preset.owner);
        let before = self.circuits.insert(id, circuit);
        debug_assert!(before.is_none(), "an id is given once");
        debug_assert_eq!(self.broken(), [""; 0], "a circuit from the start keeps what must hold");
        Ok(id)
    }

    /// Judges a call and, where every guard allows it, carries it out.
    ///
    /// A refused call and a dry run change nothing.
    pub fn call(&mut self, by: AccountId, call: &Call, choices: &mut dyn Choices) -> Result<Reply, ApiError> {
        ensure(self.premises.account(by).is_some(), c::UNKNOWN_ACCOUNT, || {
            format!("there is no account number {}", by.0)
        })?;
        if let Some(reply) = self.replay(by, call)? {
            return Ok(reply);
        }
        let change = call.op.plan(&mut Cx { s: self, by, choices })?;
        if call.dry_run {
            return passed_dry_run(&call.op);
        }
        let mut fx = Fx {
            sink: Sink::default(),
            created: None,
            note: String::new(),
            choices,
        };
        self.pending.take_begun();
        change(self, &mut fx);
        let mut begun = self.pending.take_begun();
        begun.retain(|task| !matches!(task, Task::FreeVlan(_) | Task::PortExpires(_)));
        debug_assert_eq!(self.broken(), [""; 0], "a call keeps what must hold");
        let Fx {
            sink, created, note, ..
        } = fx;
        if let Some(token) = &call.token {
            let answer = (call.op.clone(), created, note.as_str().into());
            self.tokens.insert((by, token.as_str().into()), answer);
        }
        Ok(Reply {
            created,
            touched: sink.touched,
            events: sink.events,
            note,
            begun: Begun(begun),
            replayed: false,
        })
    }

    /// Is anything still to come of what a call set going?
    pub fn is_under_way(&self, begun: &Begun) -> bool {
        begun.0.iter().any(|task| self.pending.is_pending(*task))
    }

    /// The earlier answer to this token, where there is one.
    fn replay(&self, by: AccountId, call: &Call) -> Result<Option<Reply>, ApiError> {
        let Some(token) = &call.token else { return Ok(None) };
        let Some((op, created, note)) = self.tokens.get(&(by, token.as_str().into())) else {
            return Ok(None);
        };
        ensure(*op == call.op, c::TOKEN_MISMATCH, || {
            format!("the token was used for another {} request", op.name())
        })?;
        Ok(Some(Reply {
            created: *created,
            note: note.to_string(),
            replayed: true,
            ..Reply::default()
        }))
    }

    /// Accounts, access points, lead times and policies.
    pub fn premises(&self) -> &Premises {
        &self.premises
    }

    /// The same state with one account more: for whoever asks what the cloud itself could do, in a world
    /// that has no account for it.
    ///
    /// # Errors
    /// Where another account has that uid.
    pub fn with_account(mut self, account: Account) -> Result<(Self, AccountId), PremisesError> {
        let mut premises = Premises::clone(&self.premises);
        let books = Books::new(&account);
        let id = premises.add_account(account)?;
        self.books.push(books);
        self.premises = Shared(std::sync::Arc::new(premises));
        Ok((self, id))
    }

    /// The same resources under other policies and lead times: for whoever asks what would be if.
    pub fn under(mut self, policies: Policies, leads: LeadTimes) -> Self {
        let mut premises = Premises::clone(&self.premises);
        premises.policies = policies;
        premises.leads = leads;
        self.premises = Shared(std::sync::Arc::new(premises));
        self
    }

    /// How long until the next pending task is due.
    pub fn next_completion(&self) -> Option<SimDuration> {
        self.pending.next()
    }

    /// The uid of an account of these premises.
    pub(in crate::provision) fn uid(&self, account: AccountId) -> u64 {
        self.premises.account(account).map_or(0, |a| a.uid)
    }

    pub(in crate::provision) fn books_mut(&mut self, account: AccountId) -> &mut Books {
        &mut self.books[account.index()]
    }

    pub(in crate::provision) fn next_pc(&mut self, owner: AccountId) -> PcId {
        let uid = self.uid(owner);
        let books = self.books_mut(owner);
        let n = books.next_pc;
        books.next_pc = n.saturating_add(1);
        PcId { uid, n }
    }

    pub(in crate::provision) fn next_vbr(&mut self, owner: AccountId) -> VbrId {
        let uid = self.uid(owner);
        let books = self.books_mut(owner);
        let n = books.next_vbr;
        books.next_vbr = n.saturating_add(1);
        VbrId { uid, n }
    }

    pub(in crate::provision) fn next_attachment(&mut self, owner: AccountId) -> AttachmentId {
        let uid = self.uid(owner);
        let books = self.books_mut(owner);
        let n = books.next_attachment;
        books.next_attachment = n.saturating_add(1);
        AttachmentId { uid, n }
    }

    /// Asks how long something takes, within its configured range.
    pub(in crate::provision) fn lead(&self, lead: Lead, choices: &mut dyn Choices) -> SimDuration {
        let range = self.premises.leads.range(lead);
        let max = range.max.max(range.min);
        choices.span(lead, range.min, max).clamp(range.min, max)
    }
}
