//! Names and parameters, and what is said where they are wrong.

use super::bench::*;
use crate::ident::BindingId;
use crate::provision::*;

fn text(name: &str, value: &str) -> (String, ParamValue) {
    (name.into(), ParamValue::Text(value.into()))
}

fn int(name: &str, value: i64) -> (String, ParamValue) {
    (name.into(), ParamValue::Int(value))
}

fn sell() -> Vec<(String, ParamValue)> {
    vec![
        (
            "PhysicalConnectionId".into(),
            ParamValue::Resource(PcId { uid: 1001, n: 1 }.into()),
        ),
        ("VpconnAliUid".into(), ParamValue::Account(T1)),
        int("VlanId", 101),
        text("Spec", "200M"),
        text("OrderMode", "PayByVirtualPhysicalConnectionOwner"),
    ]
}

fn without(mut params: Vec<(String, ParamValue)>, name: &str) -> Vec<(String, ParamValue)> {
    params.retain(|(n, _)| n != name);
    params
}

#[test]
fn a_call_is_read_by_its_api_names() {
    let mut params = sell();
    params.push(text("Token", "abc"));
    params.push(("DryRun".into(), ParamValue::Bool(true)));
    let call = Call::parse("CreateVirtualPhysicalConnection", &params).unwrap();
    assert_eq!((call.token.as_deref(), call.dry_run), (Some("abc"), true));
    let b = Bench::new();
    assert_eq!(call.op, b.sell(T1, 101, "200M").into());
    assert_eq!(call.op.name(), "CreateVirtualPhysicalConnection");
}

#[test]
fn an_unknown_operation_names_its_neighbours() {
    let error = Operation::parse("CreateVirtualPhysicalConection", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no operation `CreateVirtualPhysicalConection`; did you mean `CreateVirtualPhysicalConnection`, \
         `UpdateVirtualPhysicalConnection`, `ListVirtualPhysicalConnections`?"
    );
}

#[test]
fn an_operation_that_is_not_modelled_says_so() {
    let error = Operation::parse("CreateBgpGroup", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the operation `CreateBgpGroup` is known but not modelled: BGP is not modelled yet"
    );
    for (name, _) in Operation::not_modelled() {
        assert!(Operation::info(name).is_none(), "{name} is modelled");
        assert!(matches!(
            Operation::parse(name, &[]),
            Err(ParamError::NotModelled { .. })
        ));
    }
}

#[test]
fn a_parameter_error_says_which_what_and_what_would_be_right() {
    let parse =
        |params: &[(String, ParamValue)]| Operation::parse("CreateVirtualPhysicalConnection", params).unwrap_err();
    let mut unknown = sell();
    unknown.push(int("VlanID", 7));
    let error = parse(&unknown);
    assert_eq!(error.param(), Some("VlanID"));
    assert!(error.to_string().contains("did you mean `VlanId`"), "{error}");
    let error = parse(&without(sell(), "Spec"));
    assert_eq!(
        error.to_string(),
        "`CreateVirtualPhysicalConnection`: `Spec` is missing"
    );
    let mut wrong = without(sell(), "VlanId");
    wrong.push(text("VlanId", "ten"));
    assert_eq!(
        parse(&wrong).to_string(),
        "`CreateVirtualPhysicalConnection`: `VlanId` is `ten`, and takes a whole number"
    );
    let mut wrong = without(sell(), "OrderMode");
    wrong.push(text("OrderMode", "PayByNobody"));
    assert!(
        parse(&wrong)
            .to_string()
            .contains("PayByPhysicalConnectionOwner or PayByVirtualPhysicalConnectionOwner")
    );
    let mut twice = sell();
    twice.push(int("VlanId", 7));
    assert_eq!(parse(&twice), ParamError::Duplicate { param: "VlanId".into() });
    let mut long = sell();
    long.push(text("Token", &"x".repeat(65)));
    assert!(Call::parse("CreateVirtualPhysicalConnection", &long).is_err());
}

#[test]
fn what_the_api_itself_would_refuse_is_no_parameter_error() {
    let mut params = without(sell(), "VlanId");
    params.push(int("VlanId", 3_000));
    let call = Call::parse("CreateVirtualPhysicalConnection", &params).unwrap();
    let mut b = Bench::new();
    assert_eq!(
        b.s.call(P, &call, &mut Defaults).unwrap_err().code,
        "IllegalParam.VlanId"
    );
}

#[test]
fn every_operation_is_listed_with_its_parameters() {
    let names: Vec<&str> = Operation::names().collect();
    assert!(names.len() >= 38, "{}", names.len());
    for info in Operation::TABLE {
        assert!(!info.what.is_empty() && !info.by.is_empty());
        let mut params: Vec<&str> = info.params.iter().map(|p| p.name).collect();
        params.sort_unstable();
        params.dedup();
        assert_eq!(params.len(), info.params.len(), "{}", info.name);
    }
}

#[test]
fn policies_are_set_by_name_and_listed_with_their_defaults() {
    let mut p = Policies::default();
    let error = p.set("sum_of_spec", "enforced").unwrap_err();
    assert!(error.to_string().contains("did you mean `sum_of_specs`"), "{error}");
    let error = p.set("sum_of_specs", "maybe").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`maybe` is not a value of the policy `sum_of_specs`; it takes `enforced`, `unenforced`"
    );
    p.set("sum_of_specs", "unenforced").unwrap();
    p.set("unaccepted_port_lifetime", "30d").unwrap();
    p.set("policer_burst_min", "9kB").unwrap();
    let list = p.list();
    assert_eq!(list.len(), Policies::NAMES.len());
    let changed: Vec<&str> = list.iter().filter(|i| i.value != i.default).map(|i| i.name).collect();
    assert_eq!(
        changed,
        ["sum_of_specs", "unaccepted_port_lifetime", "policer_burst_min"]
    );
    for info in &list {
        p.set(info.name, &info.default).unwrap();
        assert!(Policies::alternatives(info.name).is_some());
    }
    assert_eq!(p, Policies::default());
    assert!(p.set("billing_month", "0s").is_err());
}

#[test]
fn a_call_with_holes_is_read_once_and_filled_when_its_time_has_come() {
    let hole = |name: &str, hole| (name.to_owned(), ParamValue::Resource(hole));
    let (vbr, port) = (Hole::Binding(BindingId(0)), Hole::Binding(BindingId(1)));
    let params = [hole("VbrId", vbr), hole("VpconnId", port)];
    let call = Operation::of(OperationName::AttachVbrToVpconn, &params).unwrap();
    let mut names = Bindings::new(2, vec![ResourceId::UNBOUND], std::iter::empty());
    let filled = |names: &Bindings| call.bind(&|hole| names.resource(hole));
    let attach = |vbr_id, vpconn_id| Operation::from(AttachVbrToVpconn { vbr_id, vpconn_id });
    assert_eq!(filled(&names), attach(ResourceId::UNBOUND, ResourceId::UNBOUND));
    let made: ResourceId = PcId { uid: 2001, n: 1 }.into();
    assert_eq!(names.bind(BindingId(1), made), None, "that is no circuit of the plan");
    assert_eq!(filled(&names), attach(ResourceId::UNBOUND, made));
    for hole in [
        Hole::Nothing,
        Hole::Circuit(0),
        Hole::Circuit(9),
        Hole::Binding(BindingId(9)),
    ] {
        assert_eq!(names.resource(hole), ResourceId::UNBOUND);
    }
}

#[test]
fn a_circuit_that_a_step_makes_is_known_by_its_place_from_then_on() {
    let mut names = Bindings::new(1, vec![ResourceId::UNBOUND; 2], [(BindingId(0), 1)].into_iter());
    assert_eq!(names.circuit(Hole::Binding(BindingId(0))), Some(1));
    let made: ResourceId = PcId { uid: 1001, n: 1 }.into();
    assert_eq!(names.bind(BindingId(0), made), Some(1));
    assert_eq!(names.circuits(), [ResourceId::UNBOUND, made]);
    assert_eq!(names.resource(Hole::Circuit(1)), made);
}

#[test]
fn every_name_of_a_closed_list_is_read_back_and_no_other() {
    for name in OperationName::ALL {
        assert_eq!(OperationName::read(name.as_str()), Ok(*name));
        assert_eq!(name.info().name, name.as_str());
    }
    assert!(OperationName::read("createvpconnfromvbr").is_err());
    for code in ErrorCode::all() {
        assert_eq!(ErrorCode::read(code.as_str()), Ok(code));
        assert_eq!(code.entry().code, code.as_str());
    }
    let near = ErrorCode::read("QuotaExceeded.VPCON").unwrap_err();
    assert!(near.starts_with("`QuotaExceeded.VPCONN`"), "{near}");
    for port in PortType::all() {
        assert_eq!(PortType::parse(port.name()), Some(port));
    }
    assert_eq!(PortType::parse("10GBase-RL"), None);
    for spec in Spec::all() {
        assert_eq!(
            spec.rate(SpecUnit::Decimal).as_bps(),
            u64::from(spec.mbps(SpecUnit::Decimal)) * 1_000_000
        );
    }
}
