//! Each tenant: what it will notice and has to do, what is not shown of it, and what becomes of those who are left.

use super::model::{Block, Cell, Chapter, Grid};
use super::{Rehearsed, words};
use crate::check::Verdict;
use crate::preflight::{Finding, Standing, Text, amount};
use crate::provision::OperationName;
use crate::rehearse::{Outcome, ServiceTold};
use crate::scenario::{Carried, Unit};

/// Impact and notice.
pub(super) fn impact(rehearsed: &Rehearsed<'_>) -> Chapter {
    let columns = [
        ("tenant", words::tenant()),
        ("vbr", words::vbr()),
        ("vlan", words::vlan()),
        ("wave", words::wave()),
        ("time", words::converted_at()),
        ("preflight", words::preflight()),
        ("impact", words::impact()),
        ("monthly", words::monthly()),
        ("told", words::told_on()),
    ];
    let mut grid = Grid::new("tenants", columns);
    for unit in rehearsed.units() {
        let line = rehearsed.line(unit);
        let money = line.map(|line| &line.changes.money);
        let fee = money.and_then(|money| {
            let month = amount(money.port_month?);
            let currency = rehearsed.preflight.currency.as_deref().unwrap_or_default();
            Some(words::fee(&month, currency, &money.payer))
        });
        grid.push(vec![
            Cell::same(unit.tenant.as_str()),
            Cell::same(unit.vbr.as_str()),
            Cell::same(unit.vlan.to_string()),
            Cell::same(unit.wave.to_string()),
            time(rehearsed, unit),
            Cell::same(line.map_or("UNKNOWN", |line| line.standing().as_str())),
            noticed(rehearsed, unit).into(),
            fee.map_or(Cell::Blank, Cell::Said),
            Cell::Blank,
        ]);
    }
    let mut blocks = vec![
        Block::List(words::notice_title(), notice(rehearsed)),
        Block::Table(grid),
    ];
    if rehearsed.rehearsal.hypothetical {
        blocks.insert(1, Block::Para(words::hypothetical()));
    }
    Chapter {
        key: "impact",
        title: words::impact_title(),
        blocks,
    }
}

/// What every tenant is told.
fn notice(rehearsed: &Rehearsed<'_>) -> Vec<Text> {
    let cutover = &rehearsed.rehearsal.cutover;
    let (from, to) = (rehearsed.when(cutover.window.0), rehearsed.when(cutover.window.1));
    let line = rehearsed.preflight.lines.first();
    let mut notice = vec![words::notice_when(&from, &to), words::notice_accept(&from)];
    if let Some(line) = line {
        notice.push(match line.changes.money.by_tenant {
            true => words::notice_fee_tenant(),
            false => words::notice_fee_partner(),
        });
        notice.push(words::notice_outbound(&line.changes.money.outbound_from));
    }
    notice.extend([words::notice_keep(), words::notice_rights()]);
    notice
}

fn time(rehearsed: &Rehearsed<'_>, unit: &Unit) -> Cell {
    if !rehearsed.goes(unit) {
        return words::not_this_window().into();
    }
    let called = rehearsed.judged().and_then(|run| {
        let decisive = |step: &&crate::scenario::UnitStep| {
            matches!(
                step.operation,
                OperationName::AttachVbrToVpconn | OperationName::TerminateVirtualBorderRouter
            )
        };
        let name = &unit.steps.iter().find(decisive)?.name;
        run.steps.iter().find(|step| step.name == *name)?.at
    });
    called.map_or_else(|| words::not_called().into(), |at| rehearsed.when(at).into())
}

pub(super) fn service<'a>(rehearsed: &Rehearsed<'a>, unit: &Unit) -> Option<&'a ServiceTold> {
    let run = rehearsed.judged()?;
    run.services
        .iter()
        .find(|service| service.vbr.as_deref() == Some(unit.vbr.as_str()))
}

fn noticed(rehearsed: &Rehearsed<'_>, unit: &Unit) -> Text {
    if !rehearsed.goes(unit) {
        return words::nothing_changes();
    }
    let Some(service) = service(rehearsed, unit) else {
        return words::not_simulated();
    };
    let damage = &service.damage;
    match (service.verdict, damage.is_none()) {
        (Verdict::Inconc | Verdict::Error | Verdict::NotApplicable | Verdict::NotTestable, _) => words::not_seen(),
        (Verdict::Pass | Verdict::Fail, true) => words::nothing_lost(damage.offered),
        (verdict, false) => {
            let kept = words::kept(verdict == Verdict::Pass);
            words::lost(damage.lost, damage.offered, &damage.gap.to_string(), &kept)
        }
    }
}

/// A code that a page names; those of this program's own say only that no page does.
pub(super) fn api_code(code: &str) -> Text {
    match code {
        "" => words::no_code(),
        code if code.starts_with("Simulator.") => words::no_code(),
        code => Text::same(code),
    }
}

/// What is in the way of tenants, or not known of them.
pub(super) fn open(rehearsed: &Rehearsed<'_>) -> Chapter {
    let columns = [
        ("tenant", words::tenant()),
        ("verdict", words::verdict()),
        ("question", words::question()),
        ("why", words::why()),
        ("who", words::who_acts()),
        ("call", words::by_call()),
        ("otherwise", words::otherwise()),
    ];
    let mut grid = Grid::new("open", columns);
    let mut unshown = Grid::new(
        "unshown",
        [("tenant", words::tenant()), ("questions", words::unshown_title())],
    );
    for line in &rehearsed.preflight.lines {
        let reasons = line.reasons();
        let (silent, told): (Vec<&Finding>, Vec<&Finding>) =
            reasons.into_iter().partition(|finding| finding.is_unshown());
        for finding in told {
            grid.push(vec![
                Cell::same(line.tenant.as_str()),
                words::stands(finding.standing).into(),
                finding.item.title().into(),
                finding.why.clone().into(),
                match finding.standing {
                    Standing::Caution => words::nobody_acts().into(),
                    Standing::Go | Standing::Unknown | Standing::NoGo => words::who(finding.who()).into(),
                },
                Cell::same(finding.call()),
                api_code(finding.code()).into(),
            ]);
        }
        if !silent.is_empty() {
            let titles: Vec<Text> = silent.iter().map(|finding| finding.item.title()).collect();
            let titles = Text::joined(&titles, &words::comma());
            unshown.push(vec![Cell::same(line.tenant.as_str()), titles.into()]);
        }
    }
    let preflight = rehearsed.preflight;
    let counts = [
        preflight.count("GO"),
        preflight.count("UNKNOWN"),
        preflight.count("NO-GO"),
    ];
    let mut blocks = vec![Block::Para(words::counts(counts)), Block::Para(words::open_note())];
    blocks.extend(
        [grid, unshown]
            .into_iter()
            .filter(|grid| !grid.rows.is_empty())
            .map(Block::Table),
    );
    Chapter {
        key: "open",
        title: words::open_title(),
        blocks,
    }
}

/// Who is not converted, and what becomes of them.
pub(super) fn left(rehearsed: &Rehearsed<'_>) -> Chapter {
    let columns = [
        ("tenant", words::tenant()),
        ("vbr", words::vbr()),
        ("why", words::why()),
        ("stays", words::stays()),
        ("waiting", words::waiting()),
        ("next", words::next()),
    ];
    let mut grid = Grid::new("left", columns);
    for unit in rehearsed.units() {
        let Some((why, stays, fee)) = stuck(rehearsed, unit) else {
            continue;
        };
        grid.push(vec![
            Cell::same(unit.tenant.as_str()),
            Cell::same(unit.vbr.as_str()),
            why.into(),
            stays.into(),
            waiting(rehearsed, unit, fee).into(),
            if fee {
                words::next_attach()
            } else {
                words::next_accept()
            }
            .into(),
        ]);
    }
    let blocks = match grid.rows.is_empty() {
        true => vec![Block::Para(words::nobody_left())],
        false => vec![Block::Para(words::left_note()), Block::Table(grid)],
    };
    Chapter {
        key: "left",
        title: words::left_title(),
        blocks,
    }
}

/// Why a VBR is not converted, where it stays, and whether its port's fee runs.
fn stuck(rehearsed: &Rehearsed<'_>, unit: &Unit) -> Option<(Text, Text, bool)> {
    if let Some(drift) = rehearsed.rehearsal.drifts.iter().find(|drift| drift.vbr == unit.vbr) {
        return Some((words::drifted(&drift.what.join("; ")), words::stays_checked(), true));
    }
    if let Some(carried) = unit.carried_over {
        return Some(match carried {
            Carried::NeverAccepted => (words::never_accepts(), words::stays_unaccepted(), false),
            Carried::AcceptedLate(after) => (words::accepts_late(&after.to_string()), words::stays_accepted(), true),
            Carried::WindowOver => (words::window_over(), words::stays_accepted(), true),
            Carried::HeldBack => (words::held_back(), words::stays_accepted(), true),
        });
    }
    let service = service(rehearsed, unit)?;
    let Outcome::Stopped { step, why } = &service.outcome else {
        return None;
    };
    let operation = unit
        .steps
        .iter()
        .find(|known| known.name == *step)
        .map(|known| known.operation);
    let call = operation.map_or_else(|| step.clone(), |operation| operation.as_str().to_owned());
    let told = match why {
        Some((code, _)) => words::refused(&call, &api_code(code)),
        None => words::never_called(&call),
    };
    Some(match operation {
        Some(OperationName::OpenPhysicalConnectionService | OperationName::CreateVpconnFromVbr) => {
            (told, words::stays_legacy(), false)
        }
        Some(OperationName::ConfirmPhysicalConnection) => (told, words::stays_unaccepted(), false),
        _ => (told, words::stays_accepted(), true),
    })
}

/// What waiting costs.
fn waiting(rehearsed: &Rehearsed<'_>, unit: &Unit, fee: bool) -> Text {
    const DAY: u128 = 86_400_000_000_000;
    if !fee {
        return words::waiting_free();
    }
    let money = rehearsed.line(unit).map(|line| &line.changes.money);
    let month = rehearsed.plan.law.premises().policies.billing_month.as_nanos().max(1);
    let day = money.and_then(|money| {
        let day = u128::from(money.port_month?) * DAY / u128::from(month);
        let currency = rehearsed.preflight.currency.as_deref().unwrap_or_default();
        Some(words::waiting_day(
            &amount(u64::try_from(day).ok()?),
            currency,
            &money.payer,
        ))
    });
    day.unwrap_or_else(words::waiting_unpriced)
}
