//! Which ticket a message is about: by a Message-ID of ours that it answers, or by a number in its
//! subject.

use uuid::Uuid;

const PREFIX: &str = "ticket.";
const NUMBERS_MAX: usize = 5;

/// A Message-ID of ours: `ticket.<ticket>.<one of a ticket's letters>.<tag>@domain`. The tag is a
/// keyed one, over the tenant, the ticket and the letter: nobody makes one for another ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnId {
    pub ticket: Uuid,
    pub letter: Uuid,
    pub tag: String,
}

impl OwnId {
    /// What the tag is made over.
    pub fn tagged(tenant: Uuid, ticket: Uuid, letter: Uuid) -> [u8; 48] {
        let mut bytes = [0; 48];
        let all = [tenant, ticket, letter].into_iter().flat_map(|id| id.into_bytes());
        bytes.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        bytes
    }

    /// Without angle brackets.
    pub fn write(&self, domain: &str) -> String {
        let Self { ticket, letter, tag } = self;
        format!("{PREFIX}{}.{}.{tag}@{domain}", ticket.simple(), letter.simple())
    }

    /// One that looks so, of whatever domain. Whether it is ours, its tag says.
    pub fn read(id: &str) -> Option<Self> {
        let (local, _) = id.split_once('@')?;
        let mut parts = local.strip_prefix(PREFIX)?.split('.');
        let mut uuid = || parts.next()?.parse::<Uuid>().ok();
        let (ticket, letter) = (uuid()?, uuid()?);
        let tag = parts.next()?.to_owned();
        parts.next().is_none().then_some(Self { ticket, letter, tag })
    }
}

/// The numbers of `[#123]` in a subject.
pub fn numbers_in(subject: &str) -> Vec<i64> {
    let parts = subject.split("[#").skip(1).take(NUMBERS_MAX);
    let numbers = parts.filter_map(|part| {
        let (number, _) = part.split_once(']')?;
        let is_number = number.len() <= 18 && number.bytes().all(|byte| byte.is_ascii_digit());
        number.parse::<i64>().ok().filter(|_| is_number)
    });
    numbers.collect()
}

/// A subject without `Re:`, `Fwd:` and numbers of tickets.
pub fn without_prefixes(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let before = rest;
        for prefix in ["re:", "aw:", "fwd:", "fw:", "wg:", "sv:"] {
            if rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
                rest = rest.get(prefix.len()..).unwrap_or_default().trim_start();
            }
        }
        if let Some((number, after)) = rest.strip_prefix("[#").and_then(|one| one.split_once(']'))
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            rest = after.trim_start();
        }
        if rest == before {
            return rest.to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_no_other_is_one() {
        let own = OwnId { ticket: Uuid::now_v7(), letter: Uuid::now_v7(), tag: "ab12".to_owned() };
        let text = own.write("example.com");
        assert_eq!(OwnId::read(&text), Some(own.clone()));
        for other in [
            "",
            "@",
            "ticket.",
            "ticket.1.2.3@example.com",
            &text.replace("ticket.", ""),
            &text.replace('@', ".more@"),
            &format!("x{text}"),
        ] {
            assert_eq!(OwnId::read(other), None, "{other}");
        }
    }

    #[test]
    fn numbers_are_found_in_brackets_alone() {
        assert_eq!(numbers_in("Re: [#12] and [#7]"), [12, 7]);
        for subject in
            ["", "#12", "[12]", "[#]", "[#-1]", "[#12", "[#1e3]", "[#99999999999999999999]"]
        {
            assert_eq!(numbers_in(subject), [] as [i64; 0], "{subject}");
        }
        assert_eq!(without_prefixes("RE: Fwd: [#12] Aw: The printer"), "The printer");
        assert_eq!(without_prefixes("Regarding [#x] it"), "Regarding [#x] it");
        assert_eq!(without_prefixes("Re: "), "");
    }
}
