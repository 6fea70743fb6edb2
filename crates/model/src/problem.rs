//! Faults: a code, where it is, the cause and the remedy; and the index of all codes.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Says whether a fault stops the work.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, and a person should know.
    Warning,
}

/// Is one fault of an input, a plan or a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Code in the error index.
    pub code: Code,
    /// Whether it stops the work.
    pub severity: Severity,
    /// File, as named in the programme folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Sheet of the file, where it is a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Cell of the sheet: `C7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Row of a table (the header is row 1) or line of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Column of a table, or key of `programme.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is wrong, with the offending value.
    pub cause: String,
    /// What to do about it.
    pub remedy: String,
}

impl Problem {
    /// Returns a fault of this code with its standard severity and remedy, placed nowhere yet.
    #[must_use]
    pub fn new(code: Code, cause: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            file: None,
            sheet: None,
            cell: None,
            row: None,
            column: None,
            cause: cause.into(),
            remedy: code.remedy().to_owned(),
        }
    }

    /// Places the fault in a file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Places the fault in a sheet of its file, a workbook.
    #[must_use]
    pub fn in_sheet(mut self, sheet: impl Into<String>) -> Self {
        self.sheet = Some(sheet.into());
        self
    }

    /// Places the fault in a cell of its sheet.
    #[must_use]
    pub fn in_cell(mut self, cell: impl Into<String>) -> Self {
        self.cell = Some(cell.into());
        self
    }

    /// Places the fault in a row.
    #[must_use]
    pub fn at_row(mut self, row: u32) -> Self {
        self.row = Some(row);
        self
    }

    /// Places the fault in a column or key.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Replaces the standard remedy by one that fits this case better.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// Returns whether the fault stops the work.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = if self.is_error() { "error" } else { "warning" };
        write!(f, "{level} {}", self.code)?;
        if let Some(file) = &self.file {
            write!(f, " {file}")?;
        }
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet {sheet}")?;
        }
        match (&self.cell, self.row) {
            (Some(cell), _) => write!(f, ", cell {cell}")?,
            (None, Some(row)) => write!(f, ", row {row}")?,
            (None, None) => {}
        }
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.cause)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $title:literal, $remedy:literal;)+) => {
        /// Is the code of a fault. The first letter tells the family: E input error, W input warning,
        /// V refused by the checker or by a look through the ledger, L fault of a ledger, S fault of a run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)+
        }

        impl Code {
            /// Lists every code, in the order of the error index.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the code as printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// Returns the title of the code in the error index.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// Returns what the code means, as the error index explains it.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }

            /// Returns what to do about it.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy),+ }
            }
        }
    };
}

codes! {
    /// The file that the programme names is not in the folder.
    FileMissing = "E101", "file missing", "Put the file beside programme.toml, or correct its name under [files].";
    /// The file has no bytes, or only a header and no rows.
    FileEmpty = "E102", "file empty", "Fill the table, or remove its name from [files].";
    /// The file is in the folder and the system does not let it be read.
    FileUnreadable = "E103", "file unreadable", "Check that it is a file, that its permissions allow reading, and that no other program holds it.";
    /// The name of a file leads out of the folder, or is no name that every system can open.
    FileNameOutside = "E104", "file name leads outside", "Put the file into the programme folder and name it without `..`, drive or leading slash.";
    /// Two keys of `programme.toml` name the same file.
    FileNamedTwice = "E105", "file named twice", "Give each table a file of its own.";
    /// The file is text in another encoding than UTF-8, such as Latin-1 or Windows-1252.
    NotUtf8 = "E106", "not UTF-8", "Save the file again as UTF-8 (in a spreadsheet: \"CSV UTF-8\").";
    /// The file is text in UTF-16, which some spreadsheets call "Unicode text".
    Utf16 = "E107", "UTF-16 text", "Save the file again as UTF-8 (in a spreadsheet: \"CSV UTF-8\").";
    /// The file is a spreadsheet workbook or an archive, whatever its name says.
    SpreadsheetFile = "E108", "workbook instead of text", "Give it a name that ends in .xlsx if it is such a workbook; else open it in the spreadsheet and save the sheet as \"CSV UTF-8\".";
    /// A file named .xlsx is no workbook that can be read: it is damaged, cut off, an old one (.xls) or protected by a password.
    WorkbookUnreadable = "E109", "workbook unreadable", "Open it in the spreadsheet and save it again as .xlsx, without a password.";
    /// A workbook unpacks to more than is read, or a sheet reaches over more cells, or has more areas of merged cells.
    WorkbookTooLarge = "E110", "workbook too large", "Remove what does not belong to the table, also cells far away from it; or save the sheet as \"CSV UTF-8\".";
    /// The workbook has no sheet with the name that is meant.
    SheetMissing = "E111", "sheet missing", "Rename the sheet, or name it behind the file under [files]: \"programme.xlsx#places\".";

    /// `programme.toml` is not TOML.
    TomlSyntax = "E201", "TOML syntax", "Correct the line; texts stand in quotes, a list in [ ], each key once.";
    /// A key that `programme.toml` does not have.
    UnknownKey = "E202", "unknown key", "Correct the spelling, move the key to its table, or remove it.";
    /// A key that `programme.toml` must have is not there.
    MissingKey = "E203", "missing key", "Add the key.";
    /// The value of a key is of another type than the key takes.
    WrongType = "E204", "wrong type", "Write a value of the type named; numbers without quotes, texts with.";
    /// The number of a key is outside the range that the key takes.
    OutOfRange = "E205", "number out of range", "Write a number inside the range named.";
    /// The value of a key is none of those that the key takes.
    UnknownChoice = "E206", "unknown choice", "Write one of the values named.";
    /// A text is empty, or a list has too few or too many entries.
    WrongLength = "E207", "wrong length", "Shorten or fill the list or text as named.";
    /// A length in kilometres is not a whole number of metres; distances are exact in metres.
    NotWholeMetres = "E208", "not whole metres", "Give at most three digits behind the point.";
    /// Somebody without any site counts with less than somebody at the cut-off, or there is no cut-off at all.
    UnservedBelowCutOff = "E209", "unserved_km without its cut-off", "Set distance.cut_off_km, and distance.unserved_km to the same or more.";
    /// The discount rate has more digits than the factors that are computed from it.
    RateTooFine = "E210", "discount rate too fine", "Give at most six digits behind the point: 0.0525 is 5.25 per cent.";
    /// Two kinds have the same id, or a package lists one kind twice.
    DuplicateKind = "E211", "kind twice", "Keep one of the two, or give one another id.";
    /// A package, a need or a rule names a kind that is not among the kinds.
    UnknownKind = "E212", "unknown kind", "Add the kind under [[kinds]], or correct the name.";
    /// Two packages have the same id.
    DuplicatePackage = "E213", "package twice", "Keep one of the two, or give one another id.";
    /// Two sizes of one kind have the same id.
    DuplicateSize = "E214", "size twice", "Keep one of the two, or give one another id.";
    /// A package names a size that its kind does not have.
    UnknownSize = "E215", "unknown size", "Write one of the sizes of the kind, or add the size under [[kinds.sizes]].";
    /// A package lists a kind that has sizes, and does not say which.
    SizeMissing = "E216", "size missing", "Name the size behind a colon: `kind:size`.";
    /// An id contains a mark that separates ids: `:` stands between kind and size, `|` between packages.
    MarkInId = "E217", "mark in an id", "Write the id without the mark.";
    /// A need names neither a kind nor a material, or both.
    NeedUnclear = "E218", "need unclear", "Give each need either a kind or a material; write two needs for both.";
    /// What a kind needs is nowhere: a material that no place or site has, or a kind that no package lists.
    NeedNowhere = "E219", "need found nowhere", "Correct the name, fill the column materials, or add the kind to a package.";
    /// An upgrade leads from or to a package that the programme does not have.
    UpgradeUnknown = "E220", "upgrade of an unknown package", "Add the package under [[packages]], or correct the upgrade.";
    /// An upgrade leads from a package to the same package.
    UpgradeToItself = "E221", "upgrade to itself", "Name another package, or remove the upgrade.";
    /// Two upgrades lead from the same package to the same package.
    DuplicateUpgrade = "E222", "upgrade twice", "Keep one of the two.";
    /// The list of a budget has not one amount for each period.
    BudgetListLength = "E223", "budget list of wrong length", "Give one amount for each period, or one amount for all.";
    /// Two budgets speak of the same resource.
    DuplicateBudget = "E224", "budget twice", "Keep one of the two, or name the resources apart.";
    /// A floor asks for neither a number of sites nor a share of people, or for both, or for a share of people without saying of which kind.
    FloorUnclear = "E225", "floor unclear", "Give each floor either at_least or coverage, and a kind with coverage; write two floors for both.";
    /// A floor or a ceiling names a province that no place has.
    UnknownProvince = "E226", "unknown province", "Write a province of the places table, `*` for each, or leave the key out for all of the programme.";
    /// A floor or a ceiling names a period that the programme does not have.
    RuleOutsidePeriods = "E227", "rule outside the periods", "Write the number of a period, or a year that lies in one.";
    /// A rule names one site twice, or says that a site opens after itself.
    SiteTwiceInRule = "E228", "site twice in a rule", "Name two different sites.";
    /// The demand of a kind has more digits than are computed with.
    DemandTooFine = "E230", "demand too fine", "Give at most six digits behind the point.";
    /// A goal is cost, and nothing says which resource it counts.
    ResourceMissing = "E231", "resource missing", "Set objective.resource to one of the resources that things cost.";
    /// The cost of a way or a tolerance has more digits than are computed with.
    ObjectiveTooFine = "E232", "number of the objective too fine", "Give at most six digits behind the point.";
    /// The sums of a goal can become larger than what is computed with: amounts and ways times the digits of the numbers, the weights and the discount.
    GoalTooLarge = "E233", "numbers of a goal too large", "Choose a larger unit for the resource or for what people need, or give fewer digits behind the point.";
    /// A goal is equity, and the aversion is not given, or not above 0.
    AversionMissing = "E234", "aversion missing", "Set objective.aversion_per_km: 0.1 makes a kilometre about ten per cent worse for somebody who has one more to go.";
    /// The goal is equity, or there are several goals, or futures in which sites are late or fail, and there is no cut-off, so nothing says what somebody without a site counts with.
    GoalsWithoutCutOff = "E235", "goals without a cut-off", "Set distance.cut_off_km, and distance.unserved_km if it should be more.";
    /// A goal is in the list of goals twice.
    GoalTwice = "E236", "goal twice", "Keep one of the two.";
    /// The price list of repairs names a resource that no budget limits.
    PriceWithoutBudget = "E239", "price without a budget", "Correct the name, or add a budget.";
    /// Two futures have the same name.
    DuplicateFuture = "E240", "future twice", "Keep one of the two, or give one another name.";
    /// A row says both that sites are late and that they never open; or the first row of a future says neither.
    LateUnclear = "E242", "late or failed", "Give each row either periods or fails = true; periods = 0 takes back what a row before it says.";
    /// A text has a form of its own, such as a grade, a date or a country, and is written otherwise.
    TextUnfit = "E243", "text of another form", "Write the text in the form that the message names.";
    /// Two milestones, cycles or meetings have the same id; a milestone of `each` without {year} has one id for all.
    DuplicateMilestone = "E244", "milestone twice", "Give each milestone, cycle and meeting an id of its own (with `each` one that holds {year}), or remove one of the two.";
    /// A cycle has no first or no last day, so that nothing says what lies in it.
    CycleOpen = "E245", "cycle without an end", "Write both ends: `2021/2025`, or `2024-04-01/2029-03-31`.";
    /// Two cycles share days.
    CyclesOverlap = "E246", "cycles overlap", "End the earlier cycle before the later one begins.";
    /// No period of the programme begins in a cycle.
    CycleOutsidePeriods = "E247", "cycle outside the periods", "Correct the span, or remove the cycle.";
    /// Two checklists are of one kind, or two items of a checklist have one id.
    ChecklistTwice = "E248", "checklist twice", "Keep one checklist a kind, and give each of its items an id of its own.";
    /// What a facility can deliver is not given, is given twice, or names a size that is not there or has no capacity.
    OutputUnclear = "E249", "capacity of an output unclear", "Give each kind and product one row under [[outputs]], with either capacity or of = \"KIND:SIZE\".";

    /// A quotation mark opens a cell and nothing closes it, or text follows the one that closes it.
    UnbalancedQuotes = "E301", "unbalanced quotes", "Close the cell with a quotation mark, and double one inside a cell (\"\").";
    /// A row has more or fewer cells than the header.
    RaggedRow = "E302", "ragged row", "Give the row as many cells as the header; a separator inside a cell needs quotation marks around the cell.";
    /// Two columns have the same name.
    DuplicateColumn = "E303", "column twice", "Rename or remove one of the two.";
    /// A column that the table must have is not there.
    MissingColumn = "E304", "missing column", "Add the column to the header and fill it.";
    /// A column that the table must have is there under another spelling.
    MisspeltColumn = "E305", "misspelt column", "Rename the column.";
    /// What stands behind the last colon of a column `population:YEAR` or `persons:KIND:YEAR` is no year.
    ColumnYear = "E306", "year of a column unclear", "Write a year of four digits behind the colon: population:2030, persons:KIND:2030.";
    /// A cell in the header of a sheet is empty, between columns with names.
    HeaderCellEmpty = "E307", "header cell empty", "Name the column, or remove it.";
    /// Cells of a table in a sheet are merged: only the first of them has a value.
    MergedCells = "E308", "merged cells", "Part the cells again and fill each of them.";

    /// A cell that must be filled is empty.
    EmptyCell = "E401", "empty cell", "Fill the cell, or remove the row.";
    /// A row has no id.
    EmptyId = "E402", "empty id", "Give the row an id of its own, or remove it.";
    /// A cell of a number column is not a number.
    NotANumber = "E403", "not a number", "Write digits, with a point before the fraction and no unit.";
    /// A cell says that it is no number (NaN) or without end (infinity).
    NotFinite = "E404", "not a finite number", "Fill the cell with a number; the program that wrote it had none.";
    /// A number has separators between its thousands.
    ThousandsSeparator = "E405", "thousands separator", "Write the digits without separators: 1234567.";
    /// A number in a comma-separated file has a decimal comma.
    DecimalComma = "E406", "decimal comma", "Write a decimal point, or save the table with semicolons between its cells.";
    /// A population is below zero.
    NegativePopulation = "E407", "negative population", "Write the number of persons, 0 or more.";
    /// A population is not a whole number.
    FractionalPopulation = "E408", "fractional population", "Round the population to whole persons.";
    /// A population is larger than that of any country.
    AbsurdPopulation = "E409", "absurd population", "Check the number: a place has at most 1,500,000,000 persons.";
    /// A latitude is outside -90 to 90 or a longitude outside -180 to 180.
    CoordinateOutOfRange = "E410", "coordinate out of range", "Write decimal degrees: lat from -90 to 90, lon from -180 to 180.";
    /// A row's latitude can only be a longitude.
    CoordinatesSwapped = "E411", "lat and lon swapped", "Swap the two cells of the row.";
    /// Latitude and longitude are both 0, a point in the sea that stands for "not known".
    NullIsland = "E412", "point at 0, 0", "Fill in where it is; 0, 0 lies in the Gulf of Guinea.";
    /// An area is zero, negative, or larger than any country.
    AreaOutOfRange = "E413", "area out of range", "Write the area in square kilometres, or leave the cell empty.";
    /// A cell of a choice column has none of its values.
    NotAChoice = "E414", "not one of the choices", "Write one of the values named.";
    /// A cell of a date column is not a day or a month of the calendar.
    NotADate = "E415", "not a date", "Write the day as YYYY-MM-DD.";
    /// A cell of a period column is neither a year nor the number of a period.
    NotAPeriod = "E416", "not a period", "Write the year that labels the period, or its number counted from 1.";
    /// A period lies before the first or after the last of the programme.
    PeriodOutside = "E417", "period outside the programme", "Choose a period of the programme, or change [periods].";
    /// A cell has a character that nobody sees: a NUL, a line break, a mark that turns the direction of text.
    HiddenCharacter = "E418", "hidden character", "Type the cell again.";
    /// A site has a latitude without a longitude, or the other way round.
    HalfALocation = "E419", "half a location", "Fill both lat and lon, or neither.";
    /// An amount of a resource is below zero, not whole, or larger than what is read.
    NotAnAmount = "E420", "not an amount", "Write a whole number from 0 to 1,000,000,000,000; choose a larger unit for more.";
    /// A cell of a sheet shows an error instead of a value, or has a formula of which the value was never computed.
    CellWithoutValue = "E425", "cell without value", "Correct the formula, or open the workbook in a spreadsheet and save it, so that values are stored.";

    /// Two rows of a table have the same id.
    DuplicateId = "E501", "id twice", "Give each row an id of its own, or remove one of the two.";
    /// A row or a rule names a site that is neither a place nor a row of the sites table.
    UnknownSite = "E502", "unknown site", "Correct the id, or add the site.";
    /// A site that is no place has no location.
    SiteWithoutLocation = "E503", "site without location", "Fill lat and lon, or correct the id if a place is meant.";
    /// A row names a package that the programme does not have.
    UnknownPackage = "E504", "unknown package", "Correct the id, or leave the cell empty if no package of the programme is meant.";
    /// A site with an existing facility is required or forbidden; it can do neither.
    FacilityAgainstRule = "E505", "existing facility on a ruled site", "Remove the facility, or set the rule of the site to candidate.";
    /// The earliest period of a site comes after its latest.
    WindowReversed = "E506", "window reversed", "Swap the two cells, or correct one.";
    /// Two rows of the sites table give one site different rules.
    SiteRulesConflict = "E507", "site rules conflict", "Keep the row that holds.";
    /// Latitudes and longitudes are swapped in the whole file.
    CoordinatesSwappedInFile = "E508", "lat and lon swapped in the whole file", "Swap the names of the two columns in the header.";
    /// A column counts the persons who need a kind that is not among the kinds.
    PersonsOfUnknownKind = "E509", "persons of an unknown kind", "Correct the name behind the colon, or add the kind under [[kinds]].";
    /// A facility has a period in which it closes, and a plan may choose another.
    ClosureUnclear = "E510", "closure unclear", "Give the period in closes if it is decided, or may_close if a plan may choose.";
    /// A row of the state names a site with an existing facility, or one where no facility can stand.
    StateOfNoCandidate = "E511", "state of a site that never opens", "Remove the row; the state tells of candidate sites without a facility.";
    /// A row of the state says that a site has failed, and also when or with what it serves.
    FailedWithPeriod = "E512", "period of a site that does not serve", "Leave period and package empty, or write `built` or `under-way`.";

    /// The list of quotas has not one number for each period.
    QuotaListLength = "E601", "quota list of wrong length", "Give one number for each period, or one number for all.";
    /// Every quota is zero, so nothing can ever open.
    QuotasAllZero = "E602", "quotas all zero", "Give at least one period a quota.";
    /// The quota is `exactly` and no choice of sites meets it in every period.
    ExactQuotaUnmet = "E603", "exact quota cannot be met", "Lower the quota, set quota.rule to at-most, or add sites.";
    /// The required sites do not fit into the quotas and their windows.
    RequiredDoNotFit = "E604", "required sites do not fit", "Widen the windows, raise the quotas, or require fewer sites.";
    /// Everybody must be served, and in the first period no site can be open, or in some period none that offers some kind.
    NobodyServed = "E605", "nobody served", "Set distance.cut_off_km, let a site open in the first period, or list what exists in the facilities table.";
    /// No site may open: all are forbidden or have a facility already, none can get a package, or there is none.
    NoUsableSite = "E606", "no usable site", "Allow a site in the sites table, or set sites = \"places\".";
    /// Nobody lives in any place.
    PopulationsAllZero = "E607", "populations all zero", "Fill the population column.";
    /// All places together have more people than the earth.
    TotalPopulationAbsurd = "E608", "total population absurd", "Check the population column: 20,000,000,000 is the most that is read.";
    /// The goal is coverage or self-sufficiency and every kind of the packages weighs 0 (or has the demand 0), so that all plans are worth the same.
    WeightsAllZero = "E609", "weights all zero", "Give at least one kind of the package a weight.";
    /// A floor asks for more sites than can operate by then: too few may open with a package that offers the kind, in their windows, with the time that building takes, within the quotas.
    FloorBeyondSites = "E610", "floor beyond the sites", "Lower the floor, give it more time, or allow more sites.";
    /// Floors ask for more sites than a ceiling allows.
    FloorAboveCeiling = "E611", "floor above a ceiling", "Lower the floors, or raise the ceiling.";
    /// A required site cannot be open because of a rule between sites: it is excluded with another that is open, too near to one, or depends on one that cannot open in time.
    RequiredAgainstRule = "E612", "required site against a rule", "Drop the requirement of one of the two sites, or the rule.";
    /// The budget of a resource is smaller than what the required sites cost with their cheapest packages.
    BudgetBelowRequired = "E614", "budget below the required sites", "Raise the budget, require fewer sites, or allow them a cheaper package.";
    /// Everybody must be served, and in some period all sites that can be open together have less capacity than people need.
    CapacityBelowNeed = "E615", "capacity below the need", "Set distance.cut_off_km, raise the capacities, or let more sites open in time.";
    /// A required site can get no package: none that it may get has its materials near and can be built within its window.
    RequiredCannotOpen = "E616", "required site cannot open", "Allow it another package, widen its window, or drop the requirement.";
    /// A floor speaks of a kind that is in no package.
    FloorOfIdleKind = "E617", "floor of a kind in no package", "Add the kind to a package, or remove the floor.";
    /// A goal is self-sufficiency, and no site has the id of a place with people, so that all plans are worth 0.
    NoSiteAtHome = "E618", "no site in any own place", "Give sites the ids of the places that they stand in, set sites = \"places\", or choose another goal.";
    /// A budget is smaller than what the sites that floors ask for cost, each with its cheapest package.
    BudgetBelowFloors = "E629", "budget below the floors", "Raise the budget, lower the floors or give them more time, or allow cheaper packages.";

    /// The cells file is not a GeoJSON feature collection of areas.
    NotACellsFile = "E701", "not a cells file", "Export the areas as a GeoJSON FeatureCollection of polygons in degrees.";

    /// The file does not begin, or is not divided, as its format says: a heading is missing, unknown or not one that is read.
    BenchmarkHeading = "E710", "heading of another format", "Check --format, and compare the beginning of the file with docs/reference/benchmark-files.md.";
    /// The file is packed with gzip and cannot be unpacked: it is damaged, cut off, or larger than what is read.
    BenchmarkPacked = "E711", "cannot be unpacked", "Fetch the file again, or unpack it and give the file itself.";
    /// A word of a benchmark file that must be a number is none.
    BenchmarkNotANumber = "E712", "not a number in a benchmark file", "Write digits, with a point before the fraction and no unit.";
    /// A count, node, weight, demand or capacity of a benchmark file has a fraction.
    BenchmarkNotWhole = "E713", "not whole in a benchmark file", "Write a whole number; only costs and coordinates may have a fraction.";
    /// A number of a benchmark file that cannot be below zero is.
    BenchmarkNegative = "E714", "negative in a benchmark file", "Write a number that is not below zero; only coordinates may be.";
    /// A number of a benchmark file is larger, finer or smaller than what is read, or has more digits.
    BenchmarkOutOfRange = "E715", "out of range in a benchmark file", "Keep to the limits named; docs/reference/benchmark-files.md lists them all.";
    /// A line or a file has more or fewer numbers than its format or its own heading says.
    BenchmarkCount = "E716", "wrong count in a benchmark file", "Check whether the file is complete, and whether --format fits it.";
    /// A benchmark file goes on behind its end.
    BenchmarkTrailing = "E717", "text behind the end", "Remove what follows the end, or correct the counts at the beginning.";
    /// A node or site of a benchmark file has a number that is not its own, or an edge leads from a node to itself.
    BenchmarkNode = "E718", "node out of place", "Number the nodes from 1, each once.";
    /// No path leads from one node of a benchmark file to another, so there is no distance between them.
    BenchmarkUnconnected = "E719", "nodes unconnected", "Add the edges that join the parts, or solve each part for itself.";

    /// What is asked of a benchmark file needs a flag that is not given.
    FlagMissing = "E721", "flag missing", "Give the flag.";
    /// A flag contradicts another flag, the format or the file, or would change nothing.
    FlagUnfit = "E722", "flag does not fit", "Remove the flag, or ask for the problem that it belongs to.";
    /// The value of a flag is not one that it takes, or does not fit the file.
    FlagOutOfRange = "E723", "flag out of range", "Give a value inside the range named.";
    /// The format does not state a problem of this kind.
    ProblemUnfit = "E724", "problem not in this format", "Ask for one of the problems named.";

    /// A row of an import fits no statement of the mapping, so nothing says what it means.
    RowWithoutStatement = "E801", "row without a statement", "Add a [[statements]] table that fits the row; `is = \"skip\"` leaves such rows out.";
    /// A cell of an import has a word that the mapping does not explain.
    UnknownWord = "E802", "unknown word", "Add the word to the table of the mapping that is named, or correct the cell.";
    /// A row of an import names a place that the programme does not have.
    UnknownPlace = "E803", "unknown place", "Correct the id, or add a rule under [[names]] that says which place is meant.";
    /// A row of an import gives another place than the rule for its name.
    PlaceAgainstName = "E804", "place against the name", "Correct the cell, or the rule under [[names]].";
    /// A row of an import has a name and no place, and no rule or single place of that name says which is meant.
    NameUnclear = "E805", "name unclear", "Add a rule under [[names]] that says which place is meant, by province or batch if need be.";
    /// Nothing in a row of an import says when the public could know it.
    PublishedUnknown = "E806", "day of publication unknown", "Fill the date, or let [published] assume a day.";
    /// A source of an import is not in the sources table, has no voice, or the row says the opposite of what the table says.
    SourceUnclear = "E807", "source unclear", "Add the source to sources.csv, or give its word a source and a voice under [sources] of the mapping.";
    /// A row of an import relates to rows of which none stands before it.
    RelatedRowMissing = "E808", "related row missing", "Correct the rule under [[relations]], or move the row that it relates to before this one.";
    /// A row of an import lacks what its statement needs: the number of a count, the subject of a facility.
    RowIncomplete = "E809", "row incomplete", "Fill the cell, or narrow the statement so that it does not fit the row.";
    /// A statement, rule or template of a mapping cannot be used as it stands.
    MappingUnsound = "E810", "mapping unsound", "Correct what the message names; docs/reference/import.md lists the keys.";
    /// A grade is no letter from A to F with a digit from 1 to 6.
    NotAGrade = "E811", "not a grade", "Write a letter from A to F and a digit from 1 to 6, such as C3; F and 6 mean that it cannot be judged.";
    /// A source carries itself, or one that is not in the table.
    UnknownSource = "E812", "unknown source", "Correct the id, or add the source.";
    /// A file that is brought in is none of the kind that it should be.
    PackageUnreadable = "E821", "not a package", "Check that the file is whole, and that --format fits it; docs/guide/exchange.md says what is read.";
    /// A field of a package cannot be read as the standard has it.
    PackageField = "E822", "field of a package", "Have the publisher mend it, or mend it in a copy of the file.";
    /// Two things of a package have one id.
    PackageTwice = "E823", "id twice in a package", "Give one of the two an id of its own, or remove it.";

    /// The file begins with a byte order mark, which is skipped.
    ByteOrderMark = "W101", "byte order mark", "Nothing to do; save as UTF-8 without mark to be rid of this.";
    /// The folder has tables of its own beside a workbook that could hold them; the workbook is not read.
    WorkbookUnused = "W102", "workbook not read", "Remove one of the two, or name the tables under [files].";

    /// The programme does not say who counted its population and when.
    PopulationSourceMissing = "W201", "population source missing", "Set population.year and population.source, so that every figure can be traced.";
    /// A kind is in no package: its reach counts nowhere.
    KindInNoPackage = "W202", "kind in no package", "Add the kind to the package, or remove it.";
    /// The goal is coverage and a kind reaches 0 km: only people at the very site count.
    ReachZero = "W203", "reach zero", "Set the kind's reach_km.";
    /// The cut-off is shorter than a kind's reach, so people between the two do not count as reached.
    CutOffBelowReach = "W204", "cut-off below reach", "Raise distance.cut_off_km to the longest reach.";
    /// All goals count people or units, not distances, and `unserved_km` changes nothing.
    UnservedUnused = "W205", "unserved_km unused", "Remove distance.unserved_km, or choose another goal.";
    /// A cost names a resource that no budget limits.
    CostWithoutBudget = "W206", "cost without a budget", "Correct the name, or add a budget; without one the resource has no limit.";
    /// A size has less capacity than one person needs, so it serves nobody.
    SizeServesNobody = "W207", "size serves nobody", "Raise the capacity, or lower the demand of the kind.";
    /// A budget names a resource that nothing costs.
    BudgetUnused = "W208", "budget unused", "Correct the name, or remove the budget.";
    /// A key of the objective belongs to a goal that the programme does not have, or is a tolerance with no goal behind it; it changes nothing.
    ObjectiveKeyUnused = "W209", "key of the objective unused", "Remove the key, or add the goal that it belongs to.";
    /// A goal is cost, and nothing costs the resource that it counts.
    ResourceUncounted = "W210", "resource that nothing costs", "Correct the name in objective.resource, or give things a cost in it.";
    /// A goal is equity, and its aversion is so strong that people who are near count nothing beside those who are far.
    AversionTooStrong = "W211", "aversion too strong", "Lower objective.aversion_per_km, or distance.unserved_km.";
    /// The programme has scenarios, and neither futures nor delays in them; plans are as without.
    NoFutures = "W212", "scenarios without futures", "Add [[scenarios.future]] or [scenarios.delays], or remove [scenarios].";
    /// A future changes the cost of a resource that nothing costs.
    FutureCostUnused = "W213", "cost of a future unused", "Correct the name, or give things a cost in it.";

    /// The cells of a table are separated by semicolons or tabs, and are read so.
    OtherSeparator = "W301", "other separator", "Nothing to do; a table with commas is read everywhere.";
    /// The numbers of a column have decimal commas, and are read so.
    DecimalCommaRead = "W302", "decimal comma read", "Check one number of the column on the map.";
    /// A column that is ignored looks like one that is read.
    ColumnNearMiss = "W303", "column ignored", "Rename the column if it is meant, else leave it.";

    /// A cell begins or ends with blanks, which are dropped.
    BlanksAround = "W401", "blanks around", "Remove the blanks.";

    /// Two ids differ only by case or blanks.
    IdsAlike = "W501", "ids alike", "Make sure that the two rows are not one place.";
    /// Two places of one province have the same name.
    SameName = "W502", "same name", "Make sure that the two rows are not one place.";
    /// Two places lie on the very same point.
    SamePoint = "W503", "same point", "Check the coordinates; copied rows often keep them.";
    /// A place lies far away from all others.
    FarFromAll = "W504", "far from all others", "Check the coordinates of the place.";
    /// Two facilities stand on one site; together they count as one.
    FacilityTwice = "W505", "two facilities on one site", "Nothing to do if both are there; else remove one row.";
    /// A facility that is listed as existing opened after the programme began.
    FacilityOpenedLate = "W506", "facility opened late", "List it in the reports table if the programme built it.";
    /// A report tells of a start or an opening where a facility exists already, so it fixes nothing.
    ReportOnExisting = "W507", "report on an existing site", "Remove the facility if the programme built it.";
    /// The reports name more places for a period than its quota.
    MorePlacesThanQuota = "W508", "more places than the quota", "Check the period column; plans as of a date leave that period nothing free.";
    /// A report's date lies far away from the programme's years.
    DateFarAway = "W509", "date far away", "Check the year.";
    /// A report fixes an opening that the sites table rules out.
    ReportAgainstRule = "W510", "report against a rule", "Change the site's rule or window if the report is true.";
    /// A site lies far away from the place whose id it has.
    SiteFarFromPlace = "W511", "site far from its place", "Check the coordinates of the site.";
    /// A column gives the cost of sites in a resource that no budget limits.
    ColumnWithoutBudget = "W512", "cost column without a budget", "Correct the name behind the colon, or add a budget; without one the resource has no limit.";
    /// A column gives persons of a year, and no period of the programme takes them.
    PersonsOfNoPeriod = "W513", "persons of no period", "Correct the year behind the colon, or remove the column.";

    /// The quotas allow more openings than there are usable sites.
    QuotasExceedSites = "W601", "quotas exceed sites", "Nothing to do if every site should open; else lower the quotas.";
    /// No site lies within the cut-off of some places, so their people stay unserved in every plan.
    OutOfReach = "W602", "places out of reach", "Raise distance.cut_off_km, or add sites near them.";
    /// Sites are to open after each other in a circle, without time between them: all of them open in one period, or none.
    OrderInCircleAtOnce = "W603", "order in a circle at once", "Nothing to do if they should open in one period; else remove one of the precedences.";
    /// Sites are to open after each other in a circle, with time between, so that none of them ever opens.
    OrderInCircle = "W604", "order in a circle", "Remove one of the precedences of the circle.";
    /// No plan from the start keeps all rules, which is an error without reports; with the reports as facts a plan may exist.
    NoPlanFromStart = "W605", "no plan from the start", "Plan with --as-of, which takes the reports as facts; to plan from the start, mend the rule.";
    /// A meeting lies before its cycle, or more than a year after it.
    MeetingOutsideCycle = "W606", "meeting outside its cycle", "Correct the date, or move the meeting to the cycle to which it belongs.";

    /// The cells file has areas that belong to no place; they are not drawn.
    CellWithoutPlace = "W701", "cell without place", "Give the feature the id of its place, or remove it.";
    /// Some places have no area in the cells file; the map leaves them out.
    PlaceWithoutCell = "W702", "place without cell", "Add the areas, or remove map.cells to draw points.";

    /// A row of an import says what an earlier row says; it adds nothing.
    RowTwice = "W801", "row twice", "Nothing to do if the two are one report; else fill the column that tells them apart.";
    /// A source is graded, and nothing says why.
    GradeWithoutReason = "W802", "grade without a reason", "Write whose judgement it is, and what it rests on.";
    /// Some works of a table have no day on which they were begun; they say nothing of how long works take.
    WorksWithoutBeginning = "W811", "works without a beginning", "Fill the column, or leave them out.";
    /// Nothing says on whose behalf a publisher speaks.
    PublisherUnknown = "W821", "publisher unknown", "Add the publisher to sources.csv, or name its source under [publishers] of a mapping.";
    /// Nothing says in which place a facility stands.
    PackagePlace = "W822", "place of a facility unclear", "Name its place under [places] of a mapping, or set subject.nearest_km.";

    /// A file of the programme is not the one that the plan was made from.
    InputChanged = "V701", "input changed", "Plan again, or bring back the file that the plan names.";
    /// The file is not a plan or certificate of this format: not JSON, a field missing, unknown or of the wrong type, or another version.
    NotThisFormat = "V702", "not this format", "Use a file that `groundwork plan` wrote with this version.";
    /// The certificate is not the one that the plan names, or speaks of other inputs, another question or another claim.
    CertificateOfAnotherPlan = "V703", "certificate of another plan", "Verify the plan with the certificate that was written beside it.";
    /// The certificate cannot be evaluated: a list has the wrong length, a price has a forbidden sign, a shift or a number is out of range, or the proof is of another goal.
    CertificateMalformed = "V704", "certificate malformed", "Plan again to get a whole certificate.";
    /// The value that the plan claims is not the value of its openings.
    ValueWrong = "V705", "value wrong", "Trust the value that the checker prints, or plan again.";
    /// The certificate does not support the bound that the plan claims.
    BoundNotProved = "V706", "bound not proved", "Trust the bound that the checker prints, or plan again.";
    /// The gap, the status or the unit that the plan claims does not follow from its value and bound.
    ClaimWrong = "V707", "claim wrong", "Trust the figures that the checker prints, or plan again.";
    /// A figure of a period (openings, people with access, distance) is not what the openings give.
    OutcomeWrong = "V708", "outcome wrong", "Trust the figure that the checker prints, or plan again.";
    /// The plan names a site or a package that the programme does not have.
    UnknownSiteInPlan = "V710", "unknown site or package", "Use the ids of the sites and packages of the programme.";
    /// The plan opens one site more than once.
    SiteOpenedTwice = "V711", "site opened twice", "Keep one row for each site.";
    /// The plan opens more in a period than the quota, or than facts and decisions have left free.
    QuotaExceeded = "V712", "quota exceeded", "Move openings to a later period, or raise the quota.";
    /// The quota is `exactly` and the plan opens fewer in a period.
    QuotaNotMet = "V713", "quota not met", "Open more in this period, or set the rule to at-most.";
    /// The plan opens a site that is forbidden.
    ForbiddenSiteOpened = "V714", "forbidden site opened", "Choose another site, or allow this one in the sites table.";
    /// The plan opens a site before its earliest or after its latest period, or in a period that does not exist.
    OutsideWindow = "V715", "outside the window", "Choose a period inside the window of the site.";
    /// The plan does not open a site that is required.
    RequiredSiteMissing = "V716", "required site missing", "Open the site, or drop the requirement in the sites table.";
    /// The plan opens a site where a facility exists already.
    ExistingSiteOpened = "V717", "existing site opened", "Remove the opening: the facility serves from the first period on.";
    /// The plan does not open a site in the period that the reports fix.
    FactNotKept = "V718", "fact not kept", "Keep what is begun or opened as the reports say, or ask as of an earlier date.";
    /// The plan does not keep an opening that a person has decided.
    DecisionNotKept = "V719", "decision not kept", "Keep the locked row, or unlock it.";
    /// Without a cut-off everybody must be served, and in some period no site is open.
    NobodyServes = "V720", "nobody serves", "Open a site in the first period, or set distance.cut_off_km.";
    /// A client with weight has no open site within the reach.
    ClientNotCovered = "V721", "client not covered", "Open a site within reach of the client.";
    /// An assignment names a client or a site that the problem does not have, or a site that is not open; or the problem has no capacities and assigns nobody.
    AssignmentWrong = "V722", "assignment wrong", "Assign clients of the problem to open sites, and nobody where there are no capacities.";
    /// The amounts that a client gets do not add up to its demand.
    DemandNotMet = "V723", "demand not met", "Correct the amounts of the client.";
    /// A site serves more than its capacity.
    CapacityExceeded = "V724", "capacity exceeded", "Serve some of the clients from other sites.";
    /// Each client is to be served by one site alone, and one is served by several.
    ClientSplit = "V725", "client split", "Serve the client from one site.";
    /// The plan gives a site a package that it may not get, or at which a material that the package needs is missing.
    PackageNotAllowed = "V726", "package not allowed", "Choose another package, or allow this one in the sites table.";
    /// Building would have to start before the first period that is free.
    StartTooEarly = "V727", "start too early", "Open the site later, by its building time at least.";
    /// The plan spends more of a resource than the budget has.
    BudgetExceeded = "V728", "budget exceeded", "Move openings to a later period, or raise the budget.";
    /// Fewer sites operate, or fewer people are within reach, than a floor asks for.
    FloorMissed = "V729", "floor missed", "Open more sites in time, or lower the floor.";
    /// More sites operate than a ceiling allows.
    CeilingExceeded = "V730", "ceiling exceeded", "Open fewer sites by then, or raise the ceiling.";
    /// Two sites that are open in the end lie nearer to each other than the spacing allows.
    SitesTooNear = "V731", "sites too near", "Open one of the two, or lower the spacing.";
    /// Two sites that exclude each other are open in the end.
    SitesExcluded = "V732", "excluded sites together", "Open one of them.";
    /// Of sites that belong together some are open in the end and some are not.
    SitesParted = "V733", "sites parted", "Open all of them or none.";
    /// A site opens before the one that must open first, or too soon after it.
    OrderBroken = "V734", "order broken", "Open the other site earlier, or this one later.";
    /// A site offers a kind in a period in which nothing near it offers the kind that this one needs.
    NeedNotMet = "V735", "need not met", "Open a site near it that offers the kind, in time.";
    /// The plan turns a site to a package without an upgrade that leads there, or more than once, or before it is open.
    UpgradeNotAllowed = "V736", "upgrade not allowed", "Use an upgrade of the programme, after the opening.";
    /// The plan closes a site that may not be closed, or that is not open.
    ClosureNotAllowed = "V737", "closure not allowed", "Keep the site open, or set may_close in the facilities table.";
    /// No choice of openings keeps all rules of the programme together; the search has shown that none is left.
    NoPlan = "V738", "no plan", "Relax a rule: a quota, a budget, a floor, a window or a rule between sites.";
    /// More promised sites do otherwise than promised than the question allows.
    TooManyChanges = "V739", "too many changes", "Keep more of what was promised, or allow more changes.";
    /// The plan gives up more of a goal that is held than the question allows.
    HeldGoalMissed = "V740", "held goal missed", "Hold the goal at a value that the plan has, or make another plan.";

    /// The ledger cannot be opened, read or written: the disk is full, the folder is read-only, the server does not answer, or the file is damaged.
    LedgerUnusable = "L801", "ledger cannot be used", "Make room or mend the permissions and try again; nothing was half-written. For a damaged file see `groundwork ledger verify` and `recover`.";
    /// The clock stands before the time at which the last entry was recorded, and recorded time never goes back.
    ClockSetBack = "L802", "clock set back", "Set the clock right and try again. If it is the last entry that was recorded by a clock ahead of the time, wait, or merge the ledger into a new one (docs/guide/ledger.md).";
    /// Others were writing to the ledger for as long as this command was willing to wait.
    LedgerBusy = "L803", "ledger busy", "Try again; nothing was written.";
    /// The ledger was written by a newer version of the program.
    LedgerTooNew = "L804", "ledger of a newer version", "Use the newer version; this one leaves the ledger as it is.";
    /// The file or database is there, and it is not a ledger.
    NotALedger = "L805", "not a ledger", "Check the name; `groundwork ledger init` makes a new ledger.";
    /// An entry relates to an entry that does not stand before it in the ledger.
    RelationToNothing = "L806", "relates to no entry", "Give the number of an entry that is in the ledger.";
    /// The key of a draft belongs to an entry that says something else.
    KeyOfAnotherEntry = "L807", "key of another entry", "Correct the earlier entry by a new one (relation `corrects`), or give the draft a key of its own.";
    /// A document is named by a hash that is not the hash of any stored document.
    DocumentMissing = "L808", "document missing", "Store the document first, or leave the hash out.";
    /// A draft is not whole or contradicts itself: an identifier is missing, a number does not fit its predicate, a quote is not in its document.
    DraftUnsound = "L809", "draft unsound", "Correct what the message names.";
    /// The connection to the ledger's server was lost at the moment when it was keeping what it was given. All of it is kept, or nothing.
    OutcomeUnknown = "L810", "not known whether it was kept", "Try again: drafts that have keys are not added twice. For others look at the last entries first.";

    /// An entry's hash is not that of its content and of the entry before it: somebody changed it, or the file is damaged.
    ChainBroken = "V801", "chain broken", "Restore the ledger from a backup; the entries before this one are sound.";
    /// A text of an entry is not the one that the chain vouches for, or is missing without an entry that erases it.
    TextChanged = "V802", "text changed", "Restore the ledger from a backup.";
    /// The index by which the ledger answers questions does not say what the entries say.
    IndexChanged = "V803", "index changed", "Run `groundwork ledger recover`, which makes the index anew from the entries.";
    /// The ledger has fewer entries than a published root says: its tail was cut off, or it is an old copy.
    TailCut = "V804", "tail cut off", "Bring back the ledger that the root was published from.";
    /// The entry that a published root names is another one here: the ledger was forked or written anew.
    Forked = "V805", "not the published history", "Ask who holds the ledger that the root was published from.";
    /// The numbers of entries have a gap, or their times do not increase.
    EntryMissing = "V806", "entry missing", "Restore the ledger from a backup.";
    /// A stored document is not the one that its hash names.
    DocumentChanged = "V807", "document changed", "Restore the document from a backup or fetch it again.";
    /// The root was published from another ledger.
    RootOfAnotherLedger = "V808", "root of another ledger", "Compare with the root of this ledger.";
    /// The file is no bundle that `groundwork report --bundle` wrote: not whole, of another form, or with files that lie outside it.
    BundleUnreadable = "V821", "bundle unreadable", "Ask for the bundle again; compare its SHA-256 with the one that was published.";
    /// A file of a bundle is not the one that its list names, is missing, or is not in the list.
    BundleFileChanged = "V822", "file of a bundle changed", "Ask who made the bundle: somebody changed it since.";
    /// What is made again from a bundle is not what the bundle says.
    RemadeOtherwise = "V823", "made again, it differs", "Look at the first difference; with another version of the program only words may differ.";

    /// A file could not be read or written.
    FileAccess = "S801", "file cannot be read or written", "Check the path, the permissions and the free space.";
    /// The limits stopped the run before there was any plan.
    StoppedWithoutPlan = "S802", "stopped without a plan", "Give the run more time or work.";
    /// The command line names something that does not exist.
    NameUnknown = "S804", "name unknown", "Use one of the names that the message lists.";
    /// The benchmark problem is of a size that this version does not solve.
    NotSolved = "S805", "not solved", "Ask a smaller problem.";
    /// A table has more rows, or a text more letters, than a workbook can hold.
    NoWorkbook = "S807", "does not fit a workbook", "Export the plan as CSV.";
    /// The history that a forecast is to be made from names a facility twice, or a day beyond any calendar.
    HistoryUnsound = "S811", "history unsound", "Correct the entry that the message names.";
    /// A forecast is asked for with a setting that is outside its limits.
    ForecastSetting = "S812", "setting of the forecast out of range", "Keep to the limits that the message names.";
    /// A date given on the command line is not a day, or there are no reports to take it from.
    DateUnusable = "S803", "date unusable", "Write the day as YYYY-MM-DD, and give the programme a reports table.";
}

impl Code {
    /// Returns the standard severity: W codes warn, all others are errors.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self.as_str().as_bytes()[0] {
            b'W' => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
