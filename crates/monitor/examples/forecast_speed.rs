//! Measures a forecast: 10,000 running facilities in 100 batches, 10,000 draws, after 5,000 earlier openings.
//!
//! `cargo run --release -p groundwork-monitor --example forecast_speed -- [FACILITIES] [DRAWS]`
//!
//! Prints the seconds that it took and a number made of all figures, which is the same on every machine and for every
//! number of threads (`RAYON_NUM_THREADS`).

#![expect(clippy::print_stdout, reason = "this is a program")]

use std::error::Error;
use std::time::Instant;

use groundwork_monitor::forecast::{Case, Cover, History, Mark, Milestone, Settings, forecast};

const AS_OF: i32 = 20_000;

/// Returns whole numbers that look random: Knuth's multiplier.
fn scattered(number: u32, below: u32) -> i32 {
    ((number.wrapping_mul(2_654_435_761) >> 8) % below) as i32
}

fn case(number: u32, batch: u32, begun: i32, took: Option<i32>) -> Case {
    Case {
        id: format!("facility-{number}"),
        batch: format!("batch-{batch}"),
        group: format!("group-{}", number % 10),
        begun: Some(Mark::on(begun)),
        claimed_done: took.map(|days| Mark::on(begun + days)),
        deadline: Some(Mark { day: begun + 300, published: begun }),
        ..Case::default()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let facilities: u32 = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let draws: u32 = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let earlier = (0..5_000_u32).map(|number| {
        let begun = AS_OF - 1_000 + scattered(number, 200);
        case(number, number % 50, begun, Some(150 + scattered(number ^ 77, 300)))
    });
    let running = (0..facilities).map(|number| {
        let begun = AS_OF - 30 - scattered(number, 250);
        case(1_000_000 + number, 1_000 + number % 100, begun, None)
    });
    let history = History { cases: earlier.chain(running).collect(), as_of: AS_OF };
    let milestones: Vec<Milestone> = (0..100)
        .map(|batch| Milestone {
            id: format!("milestone-{batch}"),
            cover: Cover::of_batch(&format!("batch-{}", 1_000 + batch)),
            least: facilities / 100,
            due: AS_OF + 200,
            published: AS_OF,
            fan: Vec::new(),
        })
        .chain([Milestone {
            id: "all".to_owned(),
            cover: Cover::default(),
            least: 5_000 + facilities / 2,
            due: AS_OF + 200,
            published: AS_OF,
            fan: Vec::new(),
        }])
        .collect();
    let settings = Settings { draws, ..Settings::default() };
    let before = Instant::now();
    let made = forecast(&history, &milestones, &settings)?;
    let seconds = before.elapsed().as_secs_f64();
    let text = serde_json::to_string(&made)?;
    let number = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    println!("{facilities} facilities, {draws} draws: {seconds:.2} s, {number:016x}");
    Ok(())
}
