//! What there is instead of a way back from an attach: a rule when to stop, and a case with the vendor.

use crate::scenario::codes::Code;
use crate::scenario::file::ContainmentItem;
use crate::scenario::issues::Issues;
use crate::units::SimDuration;

/// What contains an attach that goes wrong, by the user's own data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Containment {
    /// When the cutover stops.
    pub stop: Option<StopRule>,
    /// The case with the vendor.
    pub case: Option<VendorCase>,
    /// The vendor's support is assumed to take a VBR off its port within this; `None`: it does not.
    pub support_case: Option<SimDuration>,
}

/// When a cutover stops instead of going on: as soon as any of these is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopRule {
    /// So many tenants were harmed.
    pub tenants: Option<u64>,
    /// So many octets were lost.
    pub octets: Option<u64>,
    /// A tenant was silent for so long.
    pub silence: Option<SimDuration>,
}

/// A case with the vendor's support, from the user's own contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorCase {
    /// Which severity it gets.
    pub severity: String,
    /// Within which time the vendor promises to respond.
    pub response: SimDuration,
    /// How it is opened.
    pub reach: Option<String>,
}

/// What was meant; a rule that nothing or everything reaches is told to `issues`.
pub(super) fn meant(item: Option<&ContainmentItem>, issues: &mut Issues) -> Containment {
    let Some(item) = item else {
        return Containment::default();
    };
    let stop = item.stop.as_ref().map(|stop| {
        for count in [&stop.tenants, &stop.octets].into_iter().flatten() {
            if count.value == 0 {
                issues.err(count.span, Code::Zero, "a cutover that stops at nothing never begins");
            }
        }
        if let Some(silence) = stop.silence.as_ref().filter(|silence| silence.value.is_zero()) {
            issues.err(silence.span, Code::Zero, "a cutover that stops at nothing never begins");
        }
        StopRule {
            tenants: stop.tenants.as_ref().map(|tenants| tenants.value),
            octets: stop.octets.as_ref().map(|octets| octets.value),
            silence: stop.silence.as_ref().map(|silence| silence.value),
        }
    });
    Containment {
        stop,
        case: item.case.as_ref().map(|case| VendorCase {
            severity: case.severity.0.clone(),
            response: case.response.value,
            reach: case.reach.as_ref().map(|reach| reach.value.clone()),
        }),
        support_case: item.support_case.as_ref().map(|delay| delay.value),
    }
}
