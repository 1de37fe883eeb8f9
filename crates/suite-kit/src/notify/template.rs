//! Texts with places for values. A value is never read as a template, and is escaped in HTML.

use minijinja::{Environment, UndefinedBehavior};
use serde::{Deserialize, Serialize};

/// A notification's form, compiled into the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// One line.
    pub subject: &'static str,
    pub text: &'static str,
    pub html: Option<&'static str>,
}

/// A notification's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
}

/// A template that lacks a value, or is none: a fault of the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a notification's template cannot be filled in: {0}")]
pub struct TemplateError(String);

impl Rendered {
    pub fn plain(subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { subject: subject.into(), text: text.into(), html: None }
    }
}

impl Template {
    /// Fills in the values of `context`. Each place must have one.
    pub fn render(&self, context: &impl Serialize) -> Result<Rendered, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let context = minijinja::Value::from(minijinja::value::Serde(context));
        // The name's ending says whether values are escaped.
        let render = |name: &str, template: &str| {
            environment
                .render_named_str(name, template, context.clone())
                .map_err(|error| TemplateError(format!("{name}: {error:#}")))
        };
        Ok(Rendered {
            subject: render("subject.txt", self.subject)?.trim().to_owned(),
            text: render("text.txt", self.text)?,
            html: self.html.map(|html| render("message.html", html)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const INVITATION: Template = Template {
        subject: "{{ name }} invites you",
        text: "Hello {{ name }}: {{ link }}",
        html: Some("<p title=\"{{ name }}\">{{ name }}</p>"),
    };

    #[test]
    fn values_are_words_and_not_templates_or_markup() {
        let name = r#"<b onclick="x">{{ 7 * 7 }}</b>"#;
        let context = json!({ "name": name, "link": "https://it.example.com/?a=1&b=2" });
        let rendered = INVITATION.render(&context).unwrap();
        assert_eq!(rendered.subject, format!("{name} invites you"));
        assert!(rendered.text.ends_with("https://it.example.com/?a=1&b=2"));
        let html = rendered.html.unwrap();
        assert!(html.contains("{{ 7 * 7 }}"), "{html}");
        assert!(!html.contains("<b") && !html.contains("onclick=\""), "{html}");
    }

    #[test]
    fn a_value_that_is_missing_is_an_error() {
        let error = INVITATION.render(&json!({ "name": "Ada" })).unwrap_err().to_string();
        assert!(error.contains("text.txt"), "{error}");
    }
}
