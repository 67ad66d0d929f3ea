//! A VBR's attachment to a transit router, and the health check that belongs to it.

use std::net::Ipv4Addr;

use crate::provision::ids::{AttachmentId, VbrId};
use crate::provision::law::choices::Lead;
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::event::Sink;
use crate::provision::law::guard::clip;
use crate::provision::law::pending::Task;
use crate::provision::law::policy::BusyAttachment;
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{
    CreateTransitRouterVbrAttachment, DeleteTransitRouterVbrAttachment, DisableCenVbrHealthCheck,
    EnableCenVbrHealthCheck,
};
use crate::provision::vbr::ops::vbr_in_state;
use crate::provision::vbr::{Attachment, AttachmentStatus, HealthCheck, Vbr, VbrStatus};
use crate::units::SimDuration;

impl State {
    pub(in crate::provision) fn is_attached(&self, vbr: &Vbr) -> bool {
        let attachment = vbr.attachment.and_then(|id| self.attachments.get(&id));
        attachment.is_some_and(|a| a.status != AttachmentStatus::Attaching)
    }

    /// Refuses while the attachment is coming or going.
    fn not_busy(&self, id: AttachmentId) -> Result<(), ApiError> {
        let status = self.attachments.get(&id).map(|attachment| attachment.status);
        let code = match self.premises.policies.busy_attachment {
            BusyAttachment::IncorrectStatus => c::ATTACHMENT_BUSY,
            BusyAttachment::Blocking => c::ATTACHMENT_BLOCKING,
        };
        match status {
            Some(status) if status != AttachmentStatus::Attached => Err(deny(code, format!("{id} is {status}"))),
            _ => Ok(()),
        }
    }

    pub(in crate::provision) fn attached(&mut self, id: AttachmentId, sink: &mut Sink) {
        let Some(attachment) = self.attachments.get_mut(&id) else {
            return;
        };
        attachment.status = AttachmentStatus::Attached;
        if let Some(vbr) = self.vbrs.get(&attachment.vbr) {
            sink.touch(vbr.key());
        }
    }

    pub(in crate::provision) fn detached(&mut self, id: AttachmentId, sink: &mut Sink) {
        let Some(attachment) = self.attachments.remove(&id) else {
            return;
        };
        if let Some(vbr) = self.vbrs.get_mut(&attachment.vbr) {
            vbr.attachment = None;
            sink.touch(vbr.key());
        }
    }
}

impl Guarded for CreateTransitRouterVbrAttachment {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (vbr_id, vbr) = cx.own_vbr(self.vbr_id)?;
        vbr_in_state(vbr_id, vbr.status, &[VbrStatus::Active])?;
        if let Some(known) = vbr.attachment {
            cx.s.not_busy(known)?;
            return Err(deny(c::ATTACHMENT_STATE, format!("{vbr_id} has its attachment")));
        }
        let (owner, key) = (cx.by, vbr.key());
        let named = self.cen_id.as_deref().or(self.transit_router_id.as_deref());
        let cen: Box<str> = clip(named.unwrap_or("cen")).into();
        apply(move |s, fx| {
            let id = s.next_attachment(owner);
            let wait = s.lead(Lead::CenAttachment, fx.choices);
            s.attachments.insert(
                id,
                Attachment {
                    vbr: vbr_id,
                    cen,
                    status: AttachmentStatus::Attaching,
                },
            );
            s.vbrs.get_mut(&vbr_id).expect("guarded").attachment = Some(id);
            fx.created = Some(id.into());
            fx.sink.touch(key);
            if wait.is_zero() {
                s.attached(id, &mut fx.sink);
            } else {
                s.pending.schedule(wait, Task::Attach(id));
            }
        })
    }
}

impl Guarded for DeleteTransitRouterVbrAttachment {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let given = self.transit_router_attachment_id;
        let missing = || {
            deny(
                c::ATTACHMENT_NOT_FOUND,
                format!("{given} is no attachment of the caller"),
            )
        };
        let id = given.attachment().ok_or_else(missing)?;
        let attachment = cx.s.attachments.get(&id).ok_or_else(missing)?;
        let vbr =
            cx.s.vbrs
                .get(&attachment.vbr)
                .filter(|v| v.owner == cx.by)
                .ok_or_else(missing)?;
        cx.s.not_busy(id)?;
        ensure(vbr.health.is_none(), c::ATTACHMENT_STATE, || {
            format!("the health check of {} is on", attachment.vbr)
        })?;
        let key = vbr.key();
        apply(move |s, fx| {
            fx.sink.touch(key);
            let wait = s.lead(Lead::CenAttachment, fx.choices);
            s.attachments.get_mut(&id).expect("guarded").status = AttachmentStatus::Detaching;
            if wait.is_zero() {
                s.detached(id, &mut fx.sink);
            } else {
                s.pending.schedule(wait, Task::Detach(id));
            }
        })
    }
}

/// The address that probes of a VBR come from by default, in 100.96.0.0/16.
fn default_source(id: VbrId) -> Ipv4Addr {
    let host = (id.n.wrapping_sub(1) % 65_534) + 1;
    Ipv4Addr::from(u32::from(Ipv4Addr::new(100, 96, 0, 0)) | host)
}

impl EnableCenVbrHealthCheck {
    fn check(&self, id: VbrId, vbr: &Vbr) -> Result<HealthCheck, ApiError> {
        let interval = self.health_check_interval.unwrap_or(2);
        let threshold = self.healthy_threshold.unwrap_or(8);
        ensure((2..=3).contains(&interval), c::HEALTH_RANGE, || {
            format!("{interval} s is not 2 or 3")
        })?;
        ensure((3..=8).contains(&threshold), c::HEALTH_RANGE, || {
            format!("{threshold} losses are not 3 to 8")
        })?;
        let source = match &self.health_check_source_ip {
            None => default_source(id),
            Some(text) => text
                .parse()
                .map_err(|_| deny(c::HEALTH_RANGE, format!("`{}` is not an IPv4 address", clip(text))))?,
        };
        let peer = vbr.addresses.map(|a| a.peer);
        let target = self
            .health_check_target_ip
            .as_ref()
            .map_or(peer, |text| text.parse().ok());
        let target = target
            .filter(|t| Some(*t) == peer)
            .ok_or_else(|| deny(c::HEALTH_TARGET, format!("the probes of {id} go to its PeerGatewayIp")))?;
        let (interval, threshold) = (SimDuration::from_secs(interval as u64), threshold as u8);
        Ok(HealthCheck {
            source,
            target,
            interval,
            threshold,
            only: self.health_check_only.unwrap_or(false),
        })
    }
}

impl Guarded for EnableCenVbrHealthCheck {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.own_vbr(self.vbr_instance_id)?;
        ensure(cx.s.is_attached(vbr), c::NOT_ATTACHED, || {
            format!("{id} is not attached to a transit router")
        })?;
        let health = self.check(id, vbr)?;
        let key = vbr.key();
        apply(move |s, fx| {
            s.vbrs.get_mut(&id).expect("guarded").health = Some(health);
            fx.sink.touch(key);
        })
    }
}

impl Guarded for DisableCenVbrHealthCheck {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.own_vbr(self.vbr_instance_id)?;
        ensure(vbr.health.is_some(), c::NOT_ATTACHED, || {
            format!("{id} has no health check")
        })?;
        let key = vbr.key();
        apply(move |s, fx| {
            s.vbrs.get_mut(&id).expect("guarded").health = None;
            fx.sink.touch(key);
        })
    }
}
