//! What is said of a benchmark file beside it: its format, what is asked, and the numbers that the
//! question needs.

use groundwork_model::field::Ask;
use groundwork_model::problem::{Code, Problem};

use super::Stated;
use super::exact::{Exact, NotExact};
use super::refusals::Refusals;

/// Most periods of a roll-out.
const PERIODS_MAX: u32 = 10_000;

/// Makes an enum whose variants have names that people type.
macro_rules! named {
    ($(#[doc = $doc:literal])+ $type:ident { $($(#[doc = $variant_doc:literal])+ $variant:ident = $name:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type {
            $($(#[doc = $variant_doc])+ $variant,)+
        }

        impl $type {
            /// Lists all, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name as typed.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Returns the one of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

named! {
    /// Is a format of benchmark files; `docs/reference/benchmark-files.md` describes each.
    BenchmarkFormat {
        /// OR-Library p-median: a graph; distances are shortest paths.
        OrlibPmed = "orlib-pmed",
        /// TSPLIB: points in the plane.
        Tsplib = "tsplib",
        /// OR-Library warehouse location.
        OrlibCap = "orlib-cap",
        /// UflLib, in its simple layout or that of OR-Library.
        Ufllib = "ufllib",
        /// Lines `x y w`: points in the plane with weights.
        Points = "points",
        /// A CSV table with the columns `id`, `lon`, `lat` and `persons`.
        Lonlat = "lonlat",
    }
}

named! {
    /// Is a problem that can be asked of a benchmark file.
    ProblemName {
        /// At most p sites of least total cost.
        PMedian = "pmedian",
        /// At most p sites of least largest cost.
        PCentre = "pcentre",
        /// At most p sites with the most weight within reach.
        Cover = "cover",
        /// The fewest or cheapest sites with every client within reach.
        SetCover = "setcover",
        /// Sites of least opening and total cost.
        Ufl = "ufl",
        /// The same within capacities.
        Cfl = "cfl",
        /// Openings over periods.
        Rollout = "rollout",
        /// A roll-out in which every site may open.
        Order = "order",
    }
}

named! {
    /// Says how a distance between coordinates is measured and becomes whole.
    DistanceName {
        /// In the plane, cut off.
        Floor = "floor",
        /// In the plane, rounded half up.
        Round = "round",
        /// In the plane, in thousandths of the file's unit, rounded half up.
        Euclid = "euclid",
        /// On the sphere, in whole metres.
        Geo = "geo",
    }
}

/// Is everything that is said of a benchmark file beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BenchmarkFlags {
    /// Format of the file.
    pub format: BenchmarkFormat,
    /// What is asked; `None` is what the format and the other flags suggest.
    pub problem: Option<ProblemName>,
    /// Number of sites.
    pub p: Option<u32>,
    /// First and last of the numbers of sites that are asked for at once, instead of one.
    pub frontier: Option<(u32, u32)>,
    /// How distances are measured; `None` is what the format suggests.
    pub distance: Option<DistanceName>,
    /// Number of periods.
    pub periods: Option<u32>,
    /// Openings a period.
    pub quota: Option<u32>,
    /// Whether the quota must be met.
    pub exactly: bool,
    /// Largest cost that covers, as typed, in the file's cost unit; metres on the sphere.
    pub cover: Option<String>,
    /// What stands for the word `capacity` in a warehouse file.
    pub capacity: Option<u64>,
    /// Whether each client is served by one site alone.
    pub single: bool,
}

impl BenchmarkFlags {
    /// Returns flags that say nothing but the format.
    ///
    /// # Examples
    ///
    /// ```
    /// use groundwork_formats::benchmark::{BenchmarkFlags, BenchmarkFormat, read_benchmark};
    /// use groundwork_model::field::Ask;
    ///
    /// let flags = BenchmarkFlags { p: Some(1), ..BenchmarkFlags::new(BenchmarkFormat::Points) };
    /// let problem = read_benchmark("two.txt", b"0 0 5\n3 4 1\n", &flags).unwrap();
    /// assert_eq!(problem.ask, Ask::PMedian { p: 1 });
    /// ```
    #[must_use]
    pub const fn new(format: BenchmarkFormat) -> Self {
        Self {
            format,
            problem: None,
            p: None,
            frontier: None,
            distance: None,
            periods: None,
            quota: None,
            exactly: false,
            cover: None,
            capacity: None,
            single: false,
        }
    }

    /// Returns the flags that are given, beside format and problem.
    fn given(&self) -> impl Iterator<Item = Flag> {
        let given = [
            (Flag::P, self.p.is_some()),
            (Flag::Frontier, self.frontier.is_some()),
            (Flag::Distance, self.distance.is_some()),
            (Flag::Periods, self.periods.is_some()),
            (Flag::Quota, self.quota.is_some()),
            (Flag::Exactly, self.exactly),
            (Flag::Cover, self.cover.is_some()),
            (Flag::Capacity, self.capacity.is_some()),
            (Flag::Single, self.single),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag)
    }
}

/// Is a flag that some problems or formats take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flag {
    P,
    Frontier,
    Distance,
    Periods,
    Quota,
    Exactly,
    Cover,
    Capacity,
    Single,
}

impl Flag {
    const fn name(self) -> &'static str {
        match self {
            Self::P => "--p",
            Self::Frontier => "--frontier",
            Self::Distance => "--distance",
            Self::Periods => "--periods",
            Self::Quota => "--quota",
            Self::Exactly => "--quota-rule",
            Self::Cover => "--cover",
            Self::Capacity => "--capacity",
            Self::Single => "--single",
        }
    }

    fn fits(self, format: BenchmarkFormat, problem: ProblemName) -> bool {
        use ProblemName::{Cfl, Cover, Order, PCentre, PMedian, Rollout, SetCover};
        match self {
            Self::P => matches!(problem, PMedian | PCentre | Cover),
            Self::Frontier => matches!(problem, PMedian | Cover),
            Self::Distance => !distances(format).is_empty(),
            Self::Periods | Self::Quota | Self::Exactly => matches!(problem, Rollout | Order),
            Self::Cover => matches!(problem, Cover | SetCover),
            Self::Capacity => format == BenchmarkFormat::OrlibCap,
            Self::Single => problem == Cfl,
        }
    }
}

/// Returns the problems that a format states.
fn problems(format: BenchmarkFormat) -> &'static [ProblemName] {
    use ProblemName::{Cfl, Cover, Order, PCentre, PMedian, Rollout, SetCover, Ufl};
    match format {
        BenchmarkFormat::OrlibCap => &[Cfl, Ufl, SetCover],
        BenchmarkFormat::Ufllib => &[Ufl, SetCover],
        _ => &[PMedian, PCentre, Cover, SetCover, Rollout, Order],
    }
}

/// Returns the distances that a format has a choice of.
fn distances(format: BenchmarkFormat) -> &'static [DistanceName] {
    use DistanceName::{Euclid, Floor, Geo, Round};
    match format {
        BenchmarkFormat::Tsplib => &[Floor, Round, Euclid, Geo],
        BenchmarkFormat::Points => &[Floor, Round, Euclid],
        BenchmarkFormat::Lonlat => &[Geo],
        BenchmarkFormat::OrlibPmed | BenchmarkFormat::OrlibCap | BenchmarkFormat::Ufllib => &[],
    }
}

/// Returns what is asked, `None` when the flags do not fit each other or the format. Flags come before
/// the file: nothing is refused yet.
pub(super) fn problem(flags: &BenchmarkFlags, refusals: &mut Refusals<'_>) -> Option<ProblemName> {
    let Some(problem) = flags.problem.or_else(|| suggested(flags)) else {
        let cause = "nothing says what is asked: give --p, --cover, --periods or --problem";
        refusals.flag(Code::FlagMissing, "--problem", cause);
        return None;
    };
    check_problem(flags.format, problem, refusals);
    check_given(flags, problem, refusals);
    check_distance(flags, refusals);
    check_numbers(flags, refusals);
    check_range(flags, refusals);
    check_needed(flags, problem, refusals);
    (!refusals.refused()).then_some(problem)
}

/// Returns the problem that the format and the other flags suggest.
fn suggested(flags: &BenchmarkFlags) -> Option<ProblemName> {
    let has_p =
        flags.p.is_some() || flags.frontier.is_some() || flags.format == BenchmarkFormat::OrlibPmed;
    match flags.format {
        BenchmarkFormat::OrlibCap => Some(ProblemName::Cfl),
        BenchmarkFormat::Ufllib => Some(ProblemName::Ufl),
        _ if flags.periods.is_some() || flags.quota.is_some() => Some(ProblemName::Rollout),
        _ if flags.cover.is_some() && has_p => Some(ProblemName::Cover),
        _ if flags.cover.is_some() => Some(ProblemName::SetCover),
        _ if has_p => Some(ProblemName::PMedian),
        _ => None,
    }
}

fn check_problem(format: BenchmarkFormat, problem: ProblemName, refusals: &mut Refusals<'_>) {
    let stated = problems(format);
    if !stated.contains(&problem) {
        let names: Vec<&str> = stated.iter().map(|stated| stated.name()).collect();
        let cause = format!(
            "a file of format {} states no problem `{}`; it states {}",
            format.name(),
            problem.name(),
            names.join(", ")
        );
        refusals.flag(Code::ProblemUnfit, "--problem", cause);
    }
}

fn check_given(flags: &BenchmarkFlags, problem: ProblemName, refusals: &mut Refusals<'_>) {
    for flag in flags.given().filter(|flag| !flag.fits(flags.format, problem)) {
        let cause = format!(
            "{} says nothing about the problem `{}` in the format {}",
            flag.name(),
            problem.name(),
            flags.format.name()
        );
        refusals.flag(Code::FlagUnfit, flag.name(), cause);
    }
}

fn check_distance(flags: &BenchmarkFlags, refusals: &mut Refusals<'_>) {
    let choices = distances(flags.format);
    let Some(distance) = flags.distance.filter(|_| !choices.is_empty()) else { return };
    if !choices.contains(&distance) {
        let names: Vec<&str> = choices.iter().map(|choice| choice.name()).collect();
        let cause = format!(
            "the distance `{}` does not fit the format {}; it takes {}",
            distance.name(),
            flags.format.name(),
            names.join(", ")
        );
        refusals.flag(Code::FlagUnfit, Flag::Distance.name(), cause);
    }
}

fn check_numbers(flags: &BenchmarkFlags, refusals: &mut Refusals<'_>) {
    let zeros = [
        (Flag::P, flags.p == Some(0)),
        (Flag::Periods, flags.periods == Some(0)),
        (Flag::Quota, flags.quota == Some(0)),
        (Flag::Capacity, flags.capacity == Some(0)),
    ];
    for (flag, _) in zeros.into_iter().filter(|(_, is_zero)| *is_zero) {
        refusals.flag(Code::FlagOutOfRange, flag.name(), "the number must be 1 or more");
    }
    if flags.periods.is_some_and(|periods| periods > PERIODS_MAX) {
        refusals.add(too_many_periods());
    }
}

/// Refuses a range of numbers of sites that holds none, and a single number beside it.
fn check_range(flags: &BenchmarkFlags, refusals: &mut Refusals<'_>) {
    let Some((first, last)) = flags.frontier else { return };
    if first == 0 || last < first {
        let cause = format!("the range {first}..{last} must go up from 1 or more");
        refusals.flag(Code::FlagOutOfRange, Flag::Frontier.name(), cause);
    }
    if flags.p.is_some() {
        let cause = "--p asks for one number of sites, and --frontier for a range of them";
        refusals.flag(Code::FlagUnfit, Flag::P.name(), cause);
    }
}

fn check_needed(flags: &BenchmarkFlags, problem: ProblemName, refusals: &mut Refusals<'_>) {
    let has_p = flags.format == BenchmarkFormat::OrlibPmed || flags.frontier.is_some();
    for flag in [Flag::P, Flag::Cover, Flag::Periods, Flag::Quota] {
        let needed = match flag {
            Flag::P => !has_p && flag.fits(flags.format, problem),
            Flag::Cover => flag.fits(flags.format, problem),
            _ => problem == ProblemName::Rollout,
        };
        if needed && !flags.given().any(|given| given == flag) {
            let cause = format!("the problem `{}` needs {}", problem.name(), flag.name());
            refusals.flag(Code::FlagMissing, flag.name(), cause);
        }
    }
}

/// Returns what is asked of a file that states this.
pub(super) fn ask(
    flags: &BenchmarkFlags,
    problem: ProblemName,
    stated: &Stated,
    refusals: &mut Refusals<'_>,
) -> Option<Ask> {
    let reach =
        |refusals: &mut Refusals<'_>| reach(flags.cover.as_deref()?, stated.scale, refusals);
    Some(match problem {
        ProblemName::PMedian => Ask::PMedian { p: number_of_sites(flags, stated, refusals)? },
        ProblemName::PCentre => Ask::PCentre { p: number_of_sites(flags, stated, refusals)? },
        ProblemName::Cover => {
            let (p, reach) = (number_of_sites(flags, stated, refusals), reach(refusals));
            Ask::Cover { p: p?, reach: reach? }
        }
        ProblemName::SetCover => Ask::SetCover { reach: reach(refusals)? },
        ProblemName::Ufl => Ask::Ufl,
        ProblemName::Cfl => Ask::Cfl { single: flags.single },
        ProblemName::Rollout => {
            let (periods, quota) = (flags.periods?, flags.quota?);
            Ask::Rollout { periods, quota, exactly: flags.exactly }
        }
        ProblemName::Order => order(flags, stated.sites.len(), refusals)?,
    })
}

/// Returns p: that of the flag, the last of a range, or that of the file.
fn number_of_sites(
    flags: &BenchmarkFlags,
    stated: &Stated,
    refusals: &mut Refusals<'_>,
) -> Option<u32> {
    let sites = stated.sites.len() as u64;
    if let Some((first, last)) = flags.frontier {
        if u64::from(last) > sites {
            let cause = format!("the range is {first}..{last} and the file has {sites} sites");
            refusals.flag(Code::FlagOutOfRange, Flag::Frontier.name(), cause);
            return None;
        }
        return Some(last);
    }
    if let Some(p) = flags.p {
        if u64::from(p) > sites {
            let cause = format!("p is {p} and the file has {sites} sites");
            refusals.flag(Code::FlagOutOfRange, Flag::P.name(), cause);
            return None;
        }
        return Some(p);
    }
    let (p, row) = stated.p?;
    let inside = u32::try_from(p).ok().filter(|_| (1..=sites).contains(&p));
    if inside.is_none() {
        let cause = format!("p is {p} and the file has {sites} sites; --p replaces it");
        refusals.field(Code::BenchmarkOutOfRange, row, "p", cause);
    }
    inside
}

/// Returns the largest scaled cost within a reach. Costs are whole, so cutting off loses nothing.
fn reach(text: &str, scale: u64, refusals: &mut Refusals<'_>) -> Option<u32> {
    let refuse = |what: &str, refusals: &mut Refusals<'_>| {
        let shown: String = text.chars().filter(|letter| !letter.is_control()).take(20).collect();
        let cause = format!("the reach `{shown}` {what}");
        refusals.flag(Code::FlagOutOfRange, Flag::Cover.name(), cause);
        None
    };
    let value = match Exact::parse(text.trim()) {
        Ok(value) if value.is_negative() => return refuse("is below zero", refusals),
        Ok(value) => value,
        Err(NotExact::NotANumber) => return refuse("is not a number", refusals),
        Err(NotExact::TooLong) => return refuse("has more than 18 digits", refusals),
    };
    let scaled = value.scaled(scale.ilog10()).and_then(|scaled| u32::try_from(scaled).ok());
    scaled.or_else(|| refuse(&format!("times {scale} is more than {}", u32::MAX), refusals))
}

/// Returns the roll-out in which every site may open. One of periods and quota follows from the other;
/// without both, one site opens a period.
fn order(flags: &BenchmarkFlags, sites: usize, refusals: &mut Refusals<'_>) -> Option<Ask> {
    let sites = u32::try_from(sites).ok()?;
    let (periods, quota) = match (flags.periods, flags.quota) {
        (Some(periods), Some(quota)) => (periods, quota),
        (Some(periods), None) => (periods, sites.div_ceil(periods)),
        (None, quota) => (sites.div_ceil(quota.unwrap_or(1)), quota.unwrap_or(1)),
    };
    if u64::from(periods) * u64::from(quota) < u64::from(sites) {
        let cause = format!(
            "{periods} periods of {quota} openings are fewer than the {sites} sites to be ordered"
        );
        refusals.flag(Code::FlagOutOfRange, Flag::Quota.name(), cause);
        return None;
    }
    if periods > PERIODS_MAX {
        refusals.add(too_many_periods());
        return None;
    }
    Some(Ask::Rollout { periods, quota, exactly: flags.exactly })
}

fn too_many_periods() -> Problem {
    let cause = format!("at most {PERIODS_MAX} periods are read; raise --quota to need fewer");
    Problem::new(Code::FlagOutOfRange, cause).in_column(Flag::Periods.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for &format in BenchmarkFormat::ALL {
            assert_eq!(BenchmarkFormat::from_name(format.name()), Some(format));
        }
        assert_eq!(ProblemName::from_name("setcover"), Some(ProblemName::SetCover));
        assert_eq!(DistanceName::from_name("Geo"), None);
    }

    #[test]
    fn a_reach_is_cut_off_to_whole_costs() {
        let mut refusals = Refusals::new("file");
        let mut read = |text, scale| reach(text, scale, &mut refusals);
        assert_eq!(read("2.5", 1), Some(2));
        assert_eq!(read("2.5", 1_000), Some(2_500));
        assert_eq!(read("4294967295", 1), Some(u32::MAX));
        assert_eq!(read("4294967295", 10), None);
        assert_eq!(read("-1", 1), None);
        assert_eq!(read("8 km", 1), None);
    }

    #[test]
    fn a_range_takes_the_place_of_p() {
        let read = |frontier, p, problem, file: &[u8]| {
            let flags = BenchmarkFlags {
                frontier: Some(frontier),
                p,
                problem,
                ..BenchmarkFlags::new(BenchmarkFormat::Points)
            };
            super::super::read_benchmark("points.txt", file, &flags)
        };
        let file = b"0 0 5\n3 4 1\n9 9 2\n";
        assert_eq!(read((1, 3), None, None, file).unwrap().ask, Ask::PMedian { p: 3 });
        let code = |frontier, p, problem| {
            let problems = read(frontier, p, problem, file).unwrap_err();
            (problems[0].code, problems[0].column.clone().unwrap())
        };
        let range = "--frontier".to_owned();
        assert_eq!(code((0, 2), None, None), (Code::FlagOutOfRange, range.clone()));
        assert_eq!(code((3, 2), None, None), (Code::FlagOutOfRange, range.clone()));
        assert_eq!(code((1, 4), None, None), (Code::FlagOutOfRange, range.clone()));
        assert_eq!(code((1, 2), Some(2), None), (Code::FlagUnfit, "--p".to_owned()));
        let centre = Some(ProblemName::PCentre);
        assert_eq!(code((1, 2), None, centre), (Code::FlagUnfit, range));
    }

    #[test]
    fn an_order_opens_every_site() {
        let read = |periods, quota| {
            let flags =
                BenchmarkFlags { periods, quota, ..BenchmarkFlags::new(BenchmarkFormat::Points) };
            order(&flags, 7, &mut Refusals::new("file"))
        };
        let rollout = |periods, quota| Some(Ask::Rollout { periods, quota, exactly: false });
        assert_eq!(read(None, None), rollout(7, 1));
        assert_eq!(read(None, Some(3)), rollout(3, 3));
        assert_eq!(read(Some(2), None), rollout(2, 4));
        assert_eq!(read(Some(4), Some(2)), rollout(4, 2));
        assert_eq!(read(Some(3), Some(2)), None);
    }
}
