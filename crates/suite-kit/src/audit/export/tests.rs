use super::*;
use crate::audit::{ActorView, RecordState, SubjectView};

fn record(name: &str) -> AuditRecord {
    AuditRecord {
        id: suite_contracts::AuditId::new(),
        at: "2026-03-01T12:00:00.000Z".into(),
        actor: ActorView { kind: "user".into(), id: "1".into(), name: name.into() },
        address: "192.0.2.1".into(),
        request_id: String::new(),
        action: "hub.user.created".into(),
        subject: SubjectView { kind: "user".into(), id: "-1".into() },
        detail: serde_json::json!({ "note": "a \"quoted\",\nbroken line" }),
        state: RecordState::Sealed,
        position: Some(7),
        chain_hash: Some("ab".into()),
        anchor: None,
    }
}

#[test]
fn no_cell_is_a_formula() {
    for start in FORMULA_STARTS {
        let name = format!("{start}HYPERLINK(\"http://example.com\")");
        let bytes = csv([record(&name)].into_iter(), true).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        assert_eq!(reader.headers().unwrap().len(), COLUMNS.len());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(row.get(4), Some(format!("'{name}").as_str()));
        assert_eq!(row.get(9), Some("'-1"));
        assert!(row.iter().all(|cell| !cell.starts_with(FORMULA_STARTS)), "{row:?}");
    }
}

#[test]
fn what_is_written_reads_back() {
    let written = record("Ada Lovelace");
    let bytes = csv([written.clone(), written.clone()].into_iter(), true).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].get(10), Some(written.detail.to_string().as_str()));
    assert_eq!(rows[1].get(12), Some("7"));
    let bytes = jsonl([written.clone()].into_iter()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert_eq!(serde_json::from_str::<AuditRecord>(&text).unwrap(), written);
}
