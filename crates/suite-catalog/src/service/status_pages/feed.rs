//! A status page as a feed (Atom, RFC 4287), for programs that follow it.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use suite_kit::clock::rfc3339;
use uuid::Uuid;

use crate::api::desk::Word;
use crate::api::status::{PublicIncident, PublicMaintenance, PublicStatus};
use crate::error::CatalogError;

const ENTRIES_MAX: usize = 50;

/// Something that a feed tells of.
struct Told<'a> {
    id: Uuid,
    title: &'a str,
    published: &'a str,
    updated: &'a str,
    text: String,
}

/// The feed of a page at this address, the latest first.
pub(super) fn written(
    status: &PublicStatus,
    (address, now_ms): (&str, i64),
) -> Result<String, CatalogError> {
    let incidents = status.incidents.iter().chain(&status.past_incidents).map(of_incident);
    let maintenance = status.maintenance.iter().chain(&status.past_maintenance);
    let mut all: Vec<Told> = incidents.chain(maintenance.map(of_maintenance)).collect();
    all.sort_by(|one, other| other.updated.cmp(one.updated));
    all.truncate(ENTRIES_MAX);
    let failed = |error: io::Error| CatalogError::Internal(format!("a feed: {error}"));
    let updated = all.first().map_or_else(|| rfc3339(now_ms), |told| told.updated.to_owned());
    let mut writer = Writer::new(Vec::new());
    let declaration = BytesDecl::new("1.0", Some("utf-8"), None);
    writer.write_event(Event::Decl(declaration)).map_err(failed)?;
    let feed =
        writer.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    feed.write_inner_content(|feed| {
        text(feed, "id", address)?;
        text(feed, "title", &status.title)?;
        text(feed, "updated", &updated)?;
        link(feed, address)?;
        feed.create_element("author")
            .write_inner_content(|author| text(author, "name", &status.title))?;
        all.iter().try_for_each(|told| entry(feed, told, address))
    })
    .map_err(failed)?;
    let text = String::from_utf8(writer.into_inner());
    text.map_err(|error| CatalogError::Internal(format!("a feed: {error}")))
}

fn of_incident(incident: &PublicIncident) -> Told<'_> {
    let names: Vec<&str> = incident.components.iter().map(|one| one.name.as_str()).collect();
    let mut lines = vec![format!("State: {}", incident.state.as_str())];
    if !names.is_empty() {
        lines.push(format!("Affected: {}", names.join(", ")));
    }
    lines.extend(incident.updates.iter().map(|update| format!("{}: {}", update.at, update.text)));
    Told {
        id: incident.id,
        title: &incident.title,
        published: &incident.began_at,
        updated: &incident.updated_at,
        text: lines.join("\n\n"),
    }
}

fn of_maintenance(maintenance: &PublicMaintenance) -> Told<'_> {
    let mut lines = vec![
        format!("Maintenance from {} to {}", maintenance.begins_at, maintenance.ends_at),
        format!("Affected: {}", maintenance.components.join(", ")),
    ];
    if !maintenance.text.is_empty() {
        lines.push(maintenance.text.clone());
    }
    Told {
        id: maintenance.id,
        title: &maintenance.title,
        published: &maintenance.announced_at,
        updated: &maintenance.updated_at,
        text: lines.join("\n\n"),
    }
}

fn entry(feed: &mut Writer<Vec<u8>>, told: &Told, address: &str) -> io::Result<()> {
    feed.create_element("entry").write_inner_content(|entry| {
        text(entry, "id", &format!("urn:uuid:{}", told.id))?;
        text(entry, "title", told.title)?;
        text(entry, "published", told.published)?;
        text(entry, "updated", told.updated)?;
        link(entry, &format!("{address}#{}", told.id))?;
        let content = entry.create_element("content").with_attribute(("type", "text"));
        content.write_text_content(BytesText::new(&sound(&told.text)))?;
        Ok(())
    })?;
    Ok(())
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(&sound(text)))?;
    Ok(())
}

fn link(writer: &mut Writer<Vec<u8>>, address: &str) -> io::Result<()> {
    let link = writer.create_element("link").with_attribute(("rel", "alternate"));
    link.with_attribute(("href", address)).write_empty()?;
    Ok(())
}

/// Without the characters that XML 1.0 does not have, however they are written.
fn sound(text: &str) -> String {
    let is_sound =
        |one: &char| matches!(one, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_sound).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_have_is_left_out() {
        assert_eq!(sound("a\u{0}b\u{1b}[1m\u{ffff}\u{1f525}\n"), "ab[1m\u{1f525}\n");
    }
}
