//! What stands, is being built or was given up, as planning sees it: sites with a package and a period.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem::discriminant;

use groundwork_model::Programme;
use groundwork_model::evidence::{Basis, FacilityScore, Mark, Scorecard, Stage, StageState};
use groundwork_model::programme::Package;
use groundwork_model::question::{Progress, SiteState};
use groundwork_model::validation::known_sites;
use jiff::civil::Date;

/// Says how a scorecard is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether claims are taken for true, or only what is verified.
    pub basis: Basis,
    /// From this stage on a facility counts as built: `completed`, `inaugurated` or `operating`.
    pub stage: Stage,
    /// What is under way opens in this period (1-based) or later.
    pub first_open: u32,
}

/// Is what a scorecard says of sites, and what of it says nothing that planning could use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// One for each site of which something is known, in the order of sites' identifiers.
    pub sites: Vec<BuiltSite>,
    /// Facilities that are left out, in the order of the scorecard.
    pub left_out: Vec<LeftOut>,
}

/// Is a site with what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltSite {
    /// Site, package and period, as a replan takes them.
    pub state: SiteState,
    /// What that rests on: the first day and entry by which it was built, begun or given up.
    pub mark: Mark,
    /// The stage of that entry.
    pub stage: Stage,
    /// Identifiers of its facilities.
    pub facilities: Vec<String>,
    /// Kinds of the package that none of these facilities is said to have: nothing in the programme is closer.
    pub beyond: Vec<String>,
}

/// Is a facility of the ledger that planning cannot use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The facility.
    pub facility: String,
    /// Place that it names.
    pub place: String,
    /// Why.
    pub why: WhyLeftOut,
}

/// Says why a facility is left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyLeftOut {
    /// It stands at no site of the programme.
    NoSite,
    /// The programme has a facility there from before its first period.
    Existing,
    /// The programme has no package for what it is called.
    NoPackage(String),
    /// It opened after the last period, or no period is left in which it could.
    NoPeriod,
}

/// Is a facility whose place and package are known.
struct Found<'a> {
    facility: &'a FacilityScore,
    offers: Offers<'a>,
    come: Come,
}

/// Says what a facility is in the words of the programme.
#[derive(Clone, Copy)]
enum Offers<'a> {
    Package(&'a Package),
    Kind(&'a str),
}

/// Says how far a facility has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Come {
    Built(Mark, Stage),
    UnderWay(Mark, Stage),
    GivenUp(Mark),
}

/// Returns what a scorecard says of the sites of a programme.
///
/// Of several facilities of a site the built ones count; where there is none, those under way; where there is none of
/// these either, the site has failed. The site serves from the period in which the first of them reached the stage. What
/// is under way opens in the period of its batch, or in [`Reading::first_open`] where that is later. What is not begun
/// is not listed.
#[must_use]
pub fn built(card: &Scorecard, programme: &Programme, reading: Reading) -> Built {
    let sites = Sites::of(programme);
    let mut found: BTreeMap<&str, Vec<Found<'_>>> = BTreeMap::new();
    let mut left_out = Vec::new();
    for facility in &card.facilities {
        let Some(come) = come(facility, reading) else { continue };
        match sites.find(facility, programme) {
            Ok((site, offers)) => {
                found.entry(site).or_default().push(Found { facility, offers, come });
            }
            Err(why) => left_out.push(left(facility, why)),
        }
    }
    let mut built = Built { sites: Vec::new(), left_out };
    for (site, facilities) in found {
        match of_site(site, &facilities, programme, reading) {
            Ok(row) => built.sites.push(row),
            Err(why) => {
                let rows = facilities.iter().map(|found| left(found.facility, why.clone()));
                built.left_out.extend(rows);
            }
        }
    }
    built
}

fn left(facility: &FacilityScore, why: WhyLeftOut) -> LeftOut {
    let subject = &facility.subject;
    LeftOut { facility: subject.id.clone(), place: subject.place.clone(), why }
}

/// Returns how far a facility has come; `None` where it has not begun.
fn come(facility: &FacilityScore, reading: Reading) -> Option<Come> {
    let reached = |state: &StageState| match reading.basis {
        Basis::Claimed => state.claimed.into_iter().chain(state.verified).min(),
        Basis::Verified => state.verified,
    };
    let marks = || facility.stages.iter().filter_map(|s| Some((reached(s)?, s.stage)));
    let cancelled = facility.halted == Some(Stage::Cancelled);
    if let Some((mark, _)) = marks().find(|(_, stage)| cancelled && *stage == Stage::Cancelled) {
        return Some(Come::GivenUp(mark));
    }
    let in_order = |stage: Stage, from: Stage| stage >= from && stage <= Stage::Operating;
    // Who looks at a building before its opening does not say that it is built.
    let serves = |stage| in_order(stage, reading.stage) && stage != Stage::Inspected;
    let first = |wanted: &dyn Fn(Stage) -> bool| marks().filter(|(_, stage)| wanted(*stage)).min();
    first(&serves).map(|(mark, stage)| Come::Built(mark, stage)).or_else(|| {
        first(&|stage| in_order(stage, Stage::GroundBroken))
            .map(|(mark, stage)| Come::UnderWay(mark, stage))
    })
}

/// Knows the sites of a programme, and what entries call its packages and kinds.
struct Sites<'a> {
    known: HashSet<&'a str>,
    existing: HashSet<&'a str>,
    packages: HashMap<&'a str, &'a Package>,
    kinds: HashSet<&'a str>,
}

impl<'a> Sites<'a> {
    fn of(programme: &'a Programme) -> Self {
        let settings = &programme.settings;
        let mut packages = HashMap::new();
        for package in settings.packages.iter().rev() {
            packages.extend(package.reported_as.iter().map(|word| (word.as_str(), package)));
        }
        packages.extend(settings.packages.iter().map(|package| (package.id.as_str(), package)));
        Self {
            known: known_sites(programme),
            existing: programme.facilities.iter().map(|row| row.site.as_str()).collect(),
            packages,
            kinds: settings.kinds.iter().map(|kind| kind.id.as_str()).collect(),
        }
    }

    /// Returns the site of a facility, and what it offers there.
    fn find(
        &self,
        facility: &'a FacilityScore,
        programme: &'a Programme,
    ) -> Result<(&'a str, Offers<'a>), WhyLeftOut> {
        let subject = &facility.subject;
        let named = [subject.place.as_str(), subject.id.as_str()];
        let site = named.into_iter().find(|id| self.known.contains(id));
        let site = site.ok_or(WhyLeftOut::NoSite)?;
        let kind = subject.kind.as_str();
        let offers = match (self.packages.get(kind), &programme.settings.packages[..]) {
            (Some(package), _) => Offers::Package(package),
            (None, [only]) if kind.is_empty() => Offers::Package(only),
            _ if self.kinds.contains(kind) => Offers::Kind(kind),
            _ => return Err(WhyLeftOut::NoPackage(kind.to_owned())),
        };
        if self.existing.contains(site) {
            return Err(WhyLeftOut::Existing);
        }
        Ok((site, offers))
    }
}

/// Returns what has become of a site of which these facilities are known.
fn of_site<'a>(
    site: &str,
    facilities: &[Found<'a>],
    programme: &'a Programme,
    reading: Reading,
) -> Result<BuiltSite, WhyLeftOut> {
    let Some(come) = facilities.iter().map(|found| found.come).min() else {
        return Err(WhyLeftOut::NoSite);
    };
    let alike = |found: &&Found<'_>| discriminant(&found.come) == discriminant(&come);
    let counted = || facilities.iter().filter(alike);
    let (state, mark, stage, period) = match come {
        Come::Built(mark, stage) => {
            (Progress::Built, mark, stage, Some(period_of(mark.day, programme)?))
        }
        Come::UnderWay(mark, stage) => {
            let batches = counted().map(|found| found.facility.subject.batch.as_str());
            let period = batches.map(|batch| promised_period(batch, programme)).max().flatten();
            let period = period.unwrap_or(0).max(reading.first_open);
            if period > programme.settings.periods.count {
                return Err(WhyLeftOut::NoPeriod);
            }
            (Progress::UnderWay, mark, stage, Some(period))
        }
        Come::GivenUp(mark) => (Progress::Failed, mark, Stage::Cancelled, None),
    };
    let offers: Vec<Offers<'a>> = counted().map(|found| found.offers).collect();
    let (package, beyond) = package_of(&offers, programme)?;
    Ok(BuiltSite {
        state: SiteState {
            site: site.to_owned(),
            state,
            package: period.is_some().then(|| package.id.clone()),
            period,
        },
        mark,
        stage,
        facilities: counted().map(|found| found.facility.subject.id.clone()).collect(),
        beyond: if period.is_some() { beyond } else { Vec::new() },
    })
}

/// Returns the period in which a day lies; the first one where it lies before.
fn period_of(day: Date, programme: &Programme) -> Result<u32, WhyLeftOut> {
    let periods = programme.settings.periods;
    if i32::from(day.year()) < periods.label(1) {
        return Ok(1);
    }
    periods.period_of_year(i32::from(day.year())).ok_or(WhyLeftOut::NoPeriod)
}

/// Returns the period that a batch is called after.
fn promised_period(batch: &str, programme: &Programme) -> Option<u32> {
    programme.settings.period_named(batch.parse().ok()?)
}

/// Returns the package of a site, and the kinds that it has beyond those of the facilities: the first package in the
/// programme among those with the fewest kinds that have all of them.
fn package_of<'a>(
    offers: &[Offers<'a>],
    programme: &'a Programme,
) -> Result<(&'a Package, Vec<String>), WhyLeftOut> {
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    for offer in offers {
        match offer {
            Offers::Package(package) => needed.extend(package.listed().map(|(kind, _)| kind)),
            Offers::Kind(kind) => {
                needed.insert(kind);
            }
        }
    }
    let packages = &programme.settings.packages;
    if let [Offers::Package(package)] = offers {
        return Ok((package, Vec::new()));
    }
    let fits = |package: &&Package| {
        let kinds: BTreeSet<&str> = package.listed().map(|(kind, _)| kind).collect();
        needed.is_subset(&kinds)
    };
    let fewest = packages.iter().filter(fits).min_by_key(|package| package.kinds.len());
    let Some(package) = fewest else {
        let kinds: Vec<&str> = needed.into_iter().collect();
        return Err(WhyLeftOut::NoPackage(kinds.join(" and ")));
    };
    let beyond = package.listed().map(|(kind, _)| kind).filter(|kind| !needed.contains(kind));
    Ok((package, beyond.map(str::to_owned).collect()))
}
