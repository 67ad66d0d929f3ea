//! What is common to all calls: dry runs, tokens, choices, time, and strangers.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::bench::*;
use crate::ident::AccountId;
use crate::provision::*;
use crate::units::SimDuration;

fn hash(s: &State) -> u64 {
    let mut hasher = DefaultHasher::new();
    s.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn c23_a_dry_run_answers_success_and_changes_nothing() {
    let mut b = Bench::new();
    let before = b.s.clone();
    let dry = |op: Operation| Call {
        op,
        token: Some("t".into()),
        dry_run: true,
    };
    let good = dry(b.sell(T1, 101, "50M").into());
    for _ in 0..2 {
        assert_eq!(b.s.call(P, &good, &mut Defaults).unwrap_err().code, "DRYRUN.SUCCESS");
        assert_eq!(before, b.s);
    }
    let bad = dry(b.sell(T1, 3_000, "50M").into());
    assert_eq!(
        b.s.call(P, &bad, &mut Defaults).unwrap_err().code,
        "IllegalParam.VlanId"
    );
    assert_eq!(before, b.s);
}

#[test]
fn c23_a_repeated_token_creates_nothing_twice() {
    let mut b = Bench::new();
    let call = |op: Operation| Call {
        op,
        token: Some("order-7".into()),
        dry_run: false,
    };
    let sell = call(b.sell(T1, 101, "50M").into());
    let first = b.s.call(P, &sell, &mut Defaults).unwrap();
    let after = b.s.clone();
    let second = b.s.call(P, &sell, &mut Defaults).unwrap();
    assert_eq!((first.created, &first.note), (second.created, &second.note));
    assert!(second.replayed && second.touched.is_empty() && second.events.is_empty());
    assert_eq!(after, b.s);
    let other = call(b.sell(T1, 102, "50M").into());
    assert_eq!(
        b.s.call(P, &other, &mut Defaults).unwrap_err().code,
        "Simulator.TokenParameterMismatch"
    );
    let bill = call(OpenPhysicalConnectionService {}.into());
    assert!(
        b.s.call(T1, &bill, &mut Defaults).is_ok(),
        "another account's tokens are its own"
    );
}

#[test]
fn a_token_of_a_refused_call_is_free_to_try_again() {
    let mut b = Bench::new();
    let port = b.made(P, b.sell(T1, 101, "50M"));
    let op: Operation = ConfirmPhysicalConnection {
        physical_connection_id: port,
    }
    .into();
    let call = Call {
        op,
        token: Some("x".into()),
        dry_run: false,
    };
    assert!(b.s.call(T1, &call, &mut Defaults).is_err());
    b.ok(T1, OpenPhysicalConnectionService {});
    assert!(!b.s.call(T1, &call, &mut Defaults).unwrap().replayed);
}

#[test]
fn a_route_is_written_later_and_a_call_meanwhile_meets_a_task_conflict() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "50M");
    let vbr = b.vbr(T1, port);
    let route = |cidr: &str| CreateRouteEntry {
        route_table_id: vbr.into(),
        destination_cidr_block: cidr.into(),
        ..Default::default()
    };
    let routes = |b: &Bench| b.s.service(&b.key(101)).unwrap().vbr.unwrap().routes.len();
    b.ok(T1, route("10.1.0.0/16"));
    assert_eq!(routes(&b), 0);
    b.refused(T1, route("10.2.0.0/16"), "TaskConflict");
    let lucky = &mut Replay::new(vec![Answer::Happens(false), Answer::Span(secs(1))]);
    b.s.call(T1, &Call::from(Operation::from(route("10.3.0.0/16"))), lucky)
        .unwrap();
    let done = b.s.advance(secs(1));
    assert_eq!((done.len(), routes(&b)), (2, 2));
    for bad in ["10.1.0.0", "10.1.0.1/16", "10.1.0.0/33", "x/8", "::/0"] {
        b.refused(T1, route(bad), "Simulator.CidrMalformed");
    }
    b.refused(T1, route("100.96.0.0/16"), "Simulator.ReservedAddress");
    let cloud = CreateRouteEntry {
        next_hop_type: NextHopType::VPC,
        ..route("100.96.0.0/16")
    };
    b.ok(T1, cloud);
    b.s.advance(secs(1));
    let gone = DeleteRouteEntry {
        route_table_id: vbr.into(),
        destination_cidr_block: "10.9.0.0/16".into(),
    };
    b.refused(T1, gone, "Simulator.RouteNotFound");
    b.refused(P, route("10.4.0.0/16"), "Forbidden.OperationNotAllowedByUser");
    b.refused(T2, route("10.4.0.0/16"), "InvalidVbrId.NotFound");
}

#[test]
fn what_was_recorded_replays_to_the_same_state() {
    struct Late;
    impl Choices for Late {
        fn span(&mut self, _: Lead, _: SimDuration, max: SimDuration) -> SimDuration {
            max.saturating_mul(9)
        }
        fn happens(&mut self, _: Chance) -> bool {
            false
        }
    }
    let wide = |w: &mut Premises| {
        w.leads.review = Range {
            min: days(1),
            max: days(3),
        }
    };
    let op = CreatePhysicalConnection {
        access_point_id: "ap-bj-a".into(),
        bandwidth: 1_000,
        ..Default::default()
    };
    let call = Call::from(Operation::from(op));
    let (mut a, mut b) = (Bench::with(wide), Bench::with(wide));
    let mut recorder = Recorder::new(Late);
    a.s.call(P, &call, &mut recorder).unwrap();
    assert_eq!(
        a.s.next_completion(),
        Some(days(3)),
        "an answer outside is drawn to the nearer end"
    );
    let mut replay = Replay::new(recorder.answers);
    b.s.call(P, &call, &mut replay).unwrap();
    assert!(replay.is_exhausted());
    assert_eq!((a.s.clone(), hash(&a.s)), (b.s.clone(), hash(&b.s)));
}

#[test]
fn equal_states_forget_how_long_ago_they_began() {
    let run = |idle: u64| {
        let mut b = Bench::new();
        b.s.advance(secs(5));
        let vbr = b.legacy(T1, 101, 50);
        b.s.advance(days(idle));
        b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
        b.s
    };
    let (a, b) = (run(0), run(400));
    assert_eq!(hash(&a), hash(&b));
    assert_eq!(a.cmp(&b), std::cmp::Ordering::Equal);
    let mut later = b.clone();
    later.advance(secs(1));
    assert_ne!(a, later);
}

#[test]
fn advancing_in_pieces_equals_advancing_at_once() {
    let start = || {
        let mut b = Bench::new();
        let vbr = b.legacy(T1, 101, 50);
        let op = CreatePhysicalConnection {
            access_point_id: "ap-bj-a".into(),
            bandwidth: 1_000,
            ..Default::default()
        };
        b.ok(P, op);
        b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
        b.s
    };
    let (mut whole, mut pieces) = (start(), start());
    let at_once: Vec<Done> = whole.advance(days(8)).iter().map(|c| c.done).collect();
    let mut one_by_one = Vec::new();
    for _ in 0..16 {
        one_by_one.extend(pieces.advance(SimDuration::from_secs(43_200)).iter().map(|c| c.done));
    }
    assert_eq!((at_once, whole), (one_by_one, pieces));
}

#[test]
fn a_strangers_operation_is_refused_and_changes_nothing() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "50M");
    let vbr = b.vbr(T1, port);
    let (pc, v) = (ResourceId::from(port), ResourceId::from(vbr));
    b.ok(
        T1,
        CreateTransitRouterVbrAttachment {
            vbr_id: v,
            ..Default::default()
        },
    );
    b.s.advance(secs(1));
    let attachment = b.s.vbr(vbr).unwrap().attachment.unwrap().into();
    let circuit = ResourceId::from(b.circuit);
    let value = |kind: ParamKind, name: &str| match (kind, name) {
        (ParamKind::Resource, "VbrId" | "VirtualBorderRouterId" | "RouteTableId" | "VbrInstanceId") => {
            ParamValue::Resource(v)
        }
        (ParamKind::Resource, "TransitRouterAttachmentId") => ParamValue::Resource(attachment),
        (ParamKind::Resource, _) => ParamValue::Resource(pc),
        (ParamKind::Account, _) => ParamValue::Account(T1),
        (ParamKind::Choice(words), _) => ParamValue::Text(words[0].into()),
        (ParamKind::Bool, _) => ParamValue::Bool(true),
        (ParamKind::Int, _) => ParamValue::Int(50),
        (ParamKind::Text, _) => ParamValue::Text("10.0.0.0/8".into()),
    };
    let mut tried = 0;
    for info in Operation::TABLE {
        let needs = info.params.iter().any(|p| p.required && p.kind == ParamKind::Resource);
        if !needs {
            continue;
        }
        for stranger in [T2, Q] {
            for target in [pc, circuit] {
                let params: Vec<(String, ParamValue)> = info
                    .params
                    .iter()
                    .filter(|p| p.required)
                    .map(|p| match value(p.kind, p.name) {
                        ParamValue::Resource(id) if id == pc => (p.name.to_owned(), ParamValue::Resource(target)),
                        other => (p.name.to_owned(), other),
                    })
                    .collect();
                let op = Operation::parse(info.name, &params).unwrap();
                let error = b.call(stranger, op).expect_err(info.name);
                let known = ["NotFound", "SystemOnly"].iter().any(|k| error.code.contains(k));
                assert!(known, "{} by a stranger answers {}", info.name, error.code);
                tried += 1;
            }
        }
    }
    assert!(tried > 80);
}

#[test]
fn an_unbound_name_leads_to_not_found_and_never_to_a_panic() {
    let mut b = Bench::new();
    for info in Operation::TABLE {
        if !info.params.iter().any(|p| p.required && p.kind == ParamKind::Resource) {
            continue;
        }
        let params: Vec<(String, ParamValue)> = info
            .params
            .iter()
            .filter(|p| p.required)
            .map(|p| {
                let value = match p.kind {
                    ParamKind::Resource => ParamValue::Resource(ResourceId::UNBOUND),
                    ParamKind::Account => ParamValue::Account(T1),
                    ParamKind::Choice(words) => ParamValue::Text(words[0].into()),
                    ParamKind::Bool => ParamValue::Bool(false),
                    ParamKind::Int | ParamKind::Text => ParamValue::Text("7".into()),
                };
                (p.name.to_owned(), value)
            })
            .collect();
        let op = Operation::parse(info.name, &params).unwrap();
        for by in [P, T1, SYS] {
            let code = b.call(by, op.clone()).unwrap_err().code;
            assert!(
                code.contains("NotFound") || code == "Simulator.SystemOnly",
                "{}: {code}",
                info.name
            );
        }
    }
}

#[test]
fn an_account_of_no_world_is_refused() {
    let mut b = Bench::new();
    b.refused(
        AccountId(99),
        OpenPhysicalConnectionService {},
        "Simulator.UnknownAccount",
    );
}

#[test]
fn every_code_is_explained_once_and_every_operation_it_names_exists() {
    let mut seen = std::collections::BTreeSet::new();
    for code in codes::CODES {
        assert!(seen.insert(code.code), "{} twice", code.code);
        assert!(!code.summary.is_empty() && code.explanation.len() > 12);
        for op in code.operations {
            assert!(*op == "*" || Operation::info(op).is_some(), "{} names {op}", code.code);
        }
    }
    assert!(codes::Code::find("QuotaExceeded.VPCONN").is_some_and(|c| !c.is_simulator()));
}

#[test]
fn ids_print_and_read_back() {
    for text in ["pc-1001-3", "vbr-2001-1", "tr-attach-2001-12"] {
        assert_eq!(text.parse::<ResourceId>().unwrap().to_string(), text);
    }
    for text in ["", "pc-", "pc-1", "pc-x-1", "eni-1-1", "pc-1-1-1"] {
        assert!(text.parse::<ResourceId>().is_err(), "{text}");
    }
}
