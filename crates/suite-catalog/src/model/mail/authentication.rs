//! Whether a message comes from the domain that it says it is from, as the tenant's own mail
//! server has found out (RFC 8601). A header counts only if it is that server's; the server
//! removes those that others wrote in its name.

/// How it was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    Dmarc,
    Dkim,
    Spf,
}

impl Checked {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dmarc => "dmarc",
            Self::Dkim => "dkim",
            Self::Spf => "spf",
        }
    }
}

const RESULTS_MAX: usize = 50;

/// Whether the server called so vouches for the sender's domain: by DMARC (RFC 7489), or else by
/// DKIM or SPF of that domain, of one above or of one below it. Where DMARC failed nothing else
/// counts.
pub fn authenticated(results: &[String], authserv_id: &str, from: &str) -> Option<Checked> {
    let (_, domain) = from.rsplit_once('@')?;
    let mut found = None;
    for header in results.iter().take(RESULTS_MAX) {
        let text = without_comments(header);
        let mut parts = text.split(';');
        let id = parts.next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
        if !id.eq_ignore_ascii_case(authserv_id) {
            continue;
        }
        for part in parts.take(RESULTS_MAX) {
            let result = Result::read(part);
            if result.method == "dmarc" && result.value == "fail" {
                return None;
            }
            found = best(found, result.vouches(domain));
        }
    }
    found
}

fn best(one: Option<Checked>, other: Option<Checked>) -> Option<Checked> {
    let rank = |checked: &Checked| match checked {
        Checked::Dmarc => 0,
        Checked::Dkim => 1,
        Checked::Spf => 2,
    };
    one.into_iter().chain(other).min_by_key(rank)
}

/// One result: `method=value`, and what it is about.
#[derive(Debug, Default)]
struct Result {
    method: String,
    value: String,
    properties: Vec<(String, String)>,
}

impl Result {
    fn read(text: &str) -> Self {
        let text = text.to_lowercase();
        let mut pairs = text.split_whitespace().filter_map(|word| word.split_once('='));
        let (method, value) = pairs.next().unwrap_or_default();
        // A method may have a version.
        let method = method.split('/').next().unwrap_or_default().to_owned();
        let properties =
            pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()));
        Self { method, value: value.to_owned(), properties: properties.collect() }
    }

    fn vouches(&self, from: &str) -> Option<Checked> {
        if self.value != "pass" {
            return None;
        }
        let about = |name: &str| {
            let found = self.properties.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.rsplit('@').next().unwrap_or_default())
        };
        match self.method.as_str() {
            "dmarc" => (about("header.from")? == from).then_some(Checked::Dmarc),
            "dkim" => {
                let signed = about("header.d").or_else(|| about("header.i"))?;
                is_aligned(signed, from).then_some(Checked::Dkim)
            }
            "spf" => is_aligned(about("smtp.mailfrom")?, from).then_some(Checked::Spf),
            _ => None,
        }
    }
}

/// The same domain, or one is below the other.
fn is_aligned(one: &str, other: &str) -> bool {
    let is_below = |lower: &str, upper: &str| {
        upper.contains('.')
            && lower.strip_suffix(upper).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1)
    };
    !one.is_empty() && (one == other || is_below(one, other) || is_below(other, one))
}

/// Comments (RFC 5322, section 3.2.2) may say anything, also what looks like a result.
fn without_comments(text: &str) -> String {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    let mut plain = String::new();
    for one in text.chars() {
        match one {
            _ if escaped => {
                escaped = false;
                if depth == 0 {
                    plain.push('_');
                }
            }
            '\\' => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth = depth.saturating_add(1),
            ')' if !quoted && depth > 0 => depth -= 1,
            // What is quoted is a value, and neither another result nor another property.
            ';' | '=' if quoted => plain.push('_'),
            one if quoted && one.is_whitespace() => plain.push('_'),
            one if depth == 0 => plain.push(one),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(header: &str) -> Option<Checked> {
        authenticated(&[header.to_owned()], "mx.example.com", "ada@example.com")
    }

    #[test]
    fn the_own_server_vouches_for_the_domain() {
        for (header, found) in [
            ("mx.example.com; dmarc=pass (p=reject) header.from=example.com", Checked::Dmarc),
            ("MX.example.com 1;\r\n dkim=pass header.d=example.com header.s=a", Checked::Dkim),
            ("mx.example.com; dkim=pass header.i=@mail.example.com", Checked::Dkim),
            ("mx.example.com; spf=pass smtp.mailfrom=bounce@mail.example.com", Checked::Spf),
            ("mx.example.com; spf=pass smtp.mailfrom=example.com; dkim=none", Checked::Spf),
        ] {
            assert_eq!(by(header), Some(found), "{header}");
        }
    }

    #[test]
    fn nobody_else_does_and_for_no_other_domain() {
        for header in [
            "",
            "mx.example.com",
            "mx.example.com; none",
            "mx.evil.example; dmarc=pass header.from=example.com",
            "mx.example.com.evil.example; dmarc=pass header.from=example.com",
            "mx.example.com; dmarc=pass header.from=evil.example",
            "mx.example.com; dmarc=pass",
            "mx.example.com; dmarc=fail header.from=example.com; dkim=pass header.d=example.com",
            "mx.example.com; dkim=pass header.d=evil.example",
            "mx.example.com; dkim=pass header.d=com",
            "mx.example.com; dkim=pass header.d=badexample.com",
            "mx.example.com; dkim=fail (dkim=pass header.d=example.com)",
            "mx.example.com; spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=example.com\"",
            "mx.example.com; spf=softfail smtp.mailfrom=example.com",
            "(mx.example.com; dmarc=pass header.from=example.com",
        ] {
            assert_eq!(by(header), None, "{header}");
        }
    }
}
