//! Prints how many signatures one thread of this machine makes and checks in a second, and how
//! long a keystore takes to open.
//!
//! `cargo run --release -p kaldrix-crypto --example rates`

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use kaldrix_crypto::{KeyPair, Purpose, Signer, keystore, verify};
use kaldrix_types::Scheme;

/// How long each number is measured.
const MEASURE: Duration = Duration::from_secs(2);

/// Mean time of one `operation`, in microseconds.
fn mean_us<T, E>(mut operation: impl FnMut() -> Result<T, E>) -> Result<f64, E> {
    let start = Instant::now();
    let mut count: u32 = 0;
    while start.elapsed() < MEASURE {
        black_box(operation()?);
        count += 1;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(count))
}

fn main() -> Result<(), Box<dyn Error>> {
    let purpose = Purpose::Transaction;
    let message = [7; 32];
    println!(
        "{:<10} {:>11} {:>9} {:>9} {:>9}",
        "scheme", "key gen µs", "sign µs", "verify µs", "verify/s"
    );
    for scheme in Scheme::ALL {
        let key = KeyPair::generate(scheme)?;
        let signature = key.sign(purpose, &message)?;
        let generate = mean_us(|| KeyPair::generate(scheme))?;
        let sign = mean_us(|| key.sign(purpose, &message))?;
        let verify = mean_us(|| verify(key.public_key(), purpose, &message, &signature))?;
        let rate = 1e6 / verify;
        println!("{:<10} {generate:>11.1} {sign:>9.1} {verify:>9.1} {rate:>9.0}", scheme.name());
    }
    let text = keystore::seal(&KeyPair::generate(Scheme::MlDsa65)?, b"password")?;
    let open = mean_us(|| keystore::open(&text, b"password"))?;
    println!("a sealed keystore opens in {:.0} ms", open / 1e3);
    Ok(())
}
