//! Measures as files: CSV (RFC 4180) and XLSX.

use std::borrow::Cow;

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::api::measures::{Backlog, FileFormat, RequestMeasuresView, TicketMeasuresView};
use crate::error::CatalogError;

const HOUR_MS: f64 = 3_600_000.0;

/// What a cell of a table says.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Text(String),
    Number(f64),
    Empty,
}

/// A table with a heading, its first column a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    name: &'static str,
    heads: Vec<Cow<'static, str>>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn of_tickets(view: &TicketMeasuresView) -> Self {
        let heads = vec![
            "By",
            "Opened",
            "Replied",
            "First response (h)",
            "Response kept",
            "Response breached",
            "Resolved",
            "Time to resolve (h)",
            "Resolution kept",
            "Resolution breached",
            "SLA compliance",
            "Escalated",
            "Escalation rate",
            "Resolution rate",
            "Rated",
            "Mean score",
            "Satisfaction",
        ];
        let total = ("Total".to_owned(), view.total);
        let rows = view.rows.iter().map(|row| (row.label.clone(), row.measures)).chain([total]);
        let rows = rows.map(|(label, row)| {
            vec![
                Cell::Text(label),
                count(row.created),
                count(row.replied),
                hours(row.first_response_ms),
                count(row.response_kept),
                count(row.response_breached),
                count(row.resolved),
                hours(row.resolution_ms),
                count(row.resolution_kept),
                count(row.resolution_breached),
                number(row.sla_compliance),
                count(row.escalated),
                number(row.escalation_rate),
                number(row.resolution_rate),
                count(row.rated),
                number(row.mean_score),
                number(row.satisfaction),
            ]
        });
        let heads = heads.into_iter().map(Cow::Borrowed).collect();
        Self { name: "Tickets", heads, rows: rows.collect() }
    }

    pub(crate) fn of_requests(view: &RequestMeasuresView) -> Self {
        let currency = view.currency.as_ref();
        let spend = currency.map_or("Spend".into(), |code| format!("Spend ({code})").into());
        let heads = vec![
            "By".into(),
            "Requests".into(),
            "Fulfilled".into(),
            "Rejected".into(),
            "Failed".into(),
            "Cancelled".into(),
            "Fulfilment (h)".into(),
            spend,
            "Rated".into(),
            "Mean score".into(),
            "Satisfaction".into(),
        ];
        let total = ("Total".to_owned(), view.total.clone());
        let rows = view.rows.iter().map(|row| (row.label.clone(), row.measures.clone()));
        let rows = rows.chain([total]).map(|(label, row)| {
            vec![
                Cell::Text(label),
                count(row.created),
                count(row.fulfilled),
                count(row.rejected),
                count(row.failed),
                count(row.cancelled),
                hours(row.fulfilment_ms),
                row.spend.parse().map_or(Cell::Text(row.spend), Cell::Number),
                count(row.rated),
                number(row.mean_score),
                number(row.satisfaction),
            ]
        });
        Self { name: "Requests", heads, rows: rows.collect() }
    }

    pub(crate) fn of_backlog(backlog: &Backlog) -> Self {
        let heads = ["Age in days", "Open", "Mean age (days)"].map(Cow::Borrowed).to_vec();
        let ages = backlog.ages.iter().map(|age| {
            let days = match age.days_max {
                Some(last) if last == age.days_min => last.to_string(),
                Some(last) => format!("{} to {last}", age.days_min),
                None => format!("{} and more", age.days_min),
            };
            vec![Cell::Text(days), count(age.open), Cell::Empty]
        });
        let total =
            vec![Cell::Text("Total".into()), count(backlog.open), number(backlog.mean_days)];
        Self { name: "Backlog", heads, rows: ages.chain([total]).collect() }
    }

    pub(crate) fn write(&self, format: FileFormat) -> Result<Vec<u8>, CatalogError> {
        let failed = |error: String| CatalogError::Internal(format!("a file: {error}"));
        match format {
            FileFormat::Csv => self.csv().map_err(|error| failed(error.to_string())),
            FileFormat::Xlsx => self.xlsx().map_err(|error| failed(error.to_string())),
        }
    }

    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(self.heads.iter().map(AsRef::as_ref))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| match cell {
                Cell::Text(text) => harmless(text),
                Cell::Number(number) => number.to_string(),
                Cell::Empty => String::new(),
            }))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }

    fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let head = Format::new().set_bold();
        let sheet = workbook.add_worksheet().set_name(self.name)?;
        sheet.set_freeze_panes(1, 1)?;
        for (column, name) in (0_u16..).zip(&self.heads) {
            sheet.write_string_with_format(0, column, name.as_ref(), &head)?;
        }
        for (line, row) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(row) {
                match cell {
                    // Written as a text, it never is a formula.
                    Cell::Text(text) => sheet.write_string(line, column, text)?,
                    Cell::Number(number) => sheet.write_number(line, column, *number)?,
                    Cell::Empty => continue,
                };
            }
        }
        sheet.autofit();
        workbook.save_to_buffer()
    }
}

/// A text that no spreadsheet takes for a formula when it reads CSV (OWASP, CSV Injection).
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text.to_owned()
}

#[expect(clippy::cast_precision_loss, reason = "a spreadsheet has no other numbers")]
fn count(count: i64) -> Cell {
    Cell::Number(count as f64)
}

fn number(number: Option<f64>) -> Cell {
    number.map_or(Cell::Empty, Cell::Number)
}

/// To hundredths.
#[expect(clippy::cast_precision_loss, reason = "a spreadsheet has no other numbers")]
fn hours(ms: Option<i64>) -> Cell {
    ms.map_or(Cell::Empty, |ms| Cell::Number((ms as f64 / HOUR_MS * 100.0).round() / 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let label = |text: &str| Cell::Text(text.to_owned());
        let rows = vec![
            vec![label("=cmd|' /C calc'!A0"), Cell::Number(1.5), Cell::Empty],
            vec![label("Berlin, \"Mitte\"\nNord"), Cell::Number(1e6), Cell::Number(0.25)],
        ];
        Table { name: "Tickets", heads: vec!["By".into(), "Opened".into(), "Rate".into()], rows }
    }

    #[test]
    fn csv_has_no_formulas() {
        let text = String::from_utf8(table().csv().unwrap()).unwrap();
        let expected = "By,Opened,Rate\r\n'=cmd|' /C calc'!A0,1.5,\r\n\
                        \"Berlin, \"\"Mitte\"\"\nNord\",1000000,0.25\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn xlsx_is_a_zip_of_the_right_kind() {
        let bytes = table().xlsx().unwrap();
        assert_eq!(&bytes[..4], b"PK\x03\x04");
    }
}
