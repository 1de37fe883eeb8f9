//! Texts of tickets: words in the frequencies of a language, a few of them almost always there and
//! most of them rare, as an index meets them.

const COMMON: [&str; 24] = [
    "cannot", "open", "the", "error", "after", "update", "slow", "login", "printer", "mail",
    "network", "server", "disk", "access", "since", "morning", "again", "user", "laptop",
    "password", "screen", "file", "shared", "vpn",
];
const START: [&str; 20] = [
    "ba", "co", "di", "fe", "gu", "ha", "in", "jo", "ka", "lu", "me", "no", "or", "pi", "qua",
    "re", "si", "ta", "ul", "ve",
];
const MIDDLE: [&str; 20] = [
    "ran", "lis", "mon", "ter", "gal", "dex", "vor", "nit", "pas", "qui", "rom", "sel", "tan",
    "ulm", "vic", "wex", "yon", "zer", "bel", "cam",
];
const END: [&str; 10] = ["a", "er", "ing", "ion", "is", "ed", "um", "or", "ix", "al"];
/// As many rare words as start, middle and end make.
const RARE: u64 = 20 * 20 * 10;

/// A generator of numbers that look random and are the same in every run (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.roll(from.len() as u64);
        &from[usize::try_from(index).unwrap_or_default()]
    }
}

/// So many words.
pub fn sentence(dice: &mut Dice, count: usize) -> String {
    let mut text = String::with_capacity(count * 8);
    for index in 0..count {
        if index > 0 {
            text.push(' ');
        }
        match dice.roll(10) {
            // Half of what people write is a few words.
            0..5 => text.push_str(dice.pick::<&str>(&COMMON)),
            5..9 => {
                // The lower numbers are met more often.
                let most = dice.roll(RARE) + 1;
                text.push_str(&rare(dice.roll(most)));
            }
            _ => text.push_str(&host(dice.roll(5_000))),
        }
    }
    text
}

/// A word that is not said often; the higher its number the less.
pub fn rare(number: u64) -> String {
    let at = |parts: &[&'static str], number: u64| {
        parts[usize::try_from(number % parts.len() as u64).unwrap_or_default()]
    };
    [at(&START, number), at(&MIDDLE, number / 20), at(&END, number / 400)].concat()
}

/// A machine's name.
pub fn host(number: u64) -> String {
    format!("srv{number:04}")
}
