//! Mutations of inputs that are valid, the same for the same seed.

/// Numbers that lengths and counts trip over.
const NUMBERS: [u32; 8] = [0, 1, 0x7f, 0xff, 0x100, 0xffff, 0x7fff_ffff, 0xffff_ffff];
/// Changes to one input.
const CHANGES_MAX: usize = 4;
/// Length of a piece that is copied, removed or inserted.
const PIECE_BYTES_MAX: usize = 64;

/// Draws mutated inputs from a seed.
#[derive(Debug)]
pub struct Mutator(u64);

impl Mutator {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of `seeds`, with some changes.
    pub fn input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let Some(seed) = seeds.get(self.below(seeds.len())) else { return Vec::new() };
        let mut input = seed.clone();
        for _ in 0..=self.below(CHANGES_MAX) {
            self.change(&mut input, seeds);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(input.len());
        match self.below(8) {
            0..=1 => flip(input, at, self.below(8)),
            2 => input.truncate(at),
            3 => {
                let piece = self.piece(seeds);
                input.splice(at..at, piece);
            }
            4 => {
                let end = input.len().min(at + 1 + self.below(PIECE_BYTES_MAX));
                input.drain(at..end);
            }
            5 => {
                let piece = self.piece(seeds);
                let end = input.len().min(at + piece.len());
                input.splice(at..end, piece);
            }
            6 => {
                let number = NUMBERS[self.below(NUMBERS.len())];
                overwrite(input, at, &number.to_le_bytes());
            }
            _ => {
                let byte = self.next().to_le_bytes()[0];
                overwrite(input, at, &[byte]);
            }
        }
    }

    /// A piece of any seed.
    fn piece(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let Some(seed) = seeds.get(self.below(seeds.len())) else { return Vec::new() };
        let start = self.below(seed.len());
        let end = seed.len().min(start + 1 + self.below(PIECE_BYTES_MAX));
        seed[start..end].to_vec()
    }

    /// A number below `bound`, 0 if there is none.
    fn below(&mut self, bound: usize) -> usize {
        let Ok(bound) = u64::try_from(bound.max(1)) else { return 0 };
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

fn flip(input: &mut [u8], at: usize, bit: usize) {
    if let Some(byte) = input.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

fn overwrite(input: &mut [u8], at: usize, bytes: &[u8]) {
    for (old, new) in input.iter_mut().skip(at).zip(bytes) {
        *old = *new;
    }
}
