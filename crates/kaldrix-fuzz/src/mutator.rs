//! Mutations of inputs that are valid, the same for the same seed.

/// Numbers that lengths and counts trip over.
const NUMBERS: [u32; 8] = [0, 1, 0x7f, 0xff, 0x100, 0xffff, 0x7fff_ffff, 0xffff_ffff];
/// Changes to one input.
const CHANGES_MAX: usize = 4;
/// Length of a piece that is copied, removed or inserted.
const PIECE_BYTES_MAX: usize = 64;

/// Draws mutated inputs from a seed.
#[derive(Debug)]
pub struct Mutator(fastrand::Rng);

impl Mutator {
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
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
                let byte = self.0.u8(..);
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
        self.0.usize(..bound.max(1))
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
