//! `record`: one entry, by flags or by a form.

use std::io::IsTerminal;

use groundwork_formats::import::{Statement, StatementRule};
use groundwork_ledger::{StoredDocument, document_of, hex};
use groundwork_model::evidence::{
    Draft, Medium, Predicate, Published, PublishedFrom, Quantity, Quote, Relation, Scope, Source,
    Subject, Texts,
};
use groundwork_model::{Code, Decimal, Problem};

use super::import::sources;
use super::{ledger_text, record_form};
use crate::cli::{Is, RecordArgs};
use crate::disk;
use crate::exit::{Exit, Failure};
use crate::ledger_file::{self, WallClock};
use crate::output;

pub(crate) fn run(arguments: &RecordArgs) -> Result<Exit, Failure> {
    if arguments.ledger.is_none() {
        disk::expect_folder(&arguments.folder)?;
    }
    let sources = if arguments.folder.is_dir() { sources(&arguments.folder)?.0 } else { None };
    if arguments.is.is_some() {
        return write(arguments, sources.as_deref(), &mut |_| Ok(true));
    }
    if !std::io::stdin().is_terminal() {
        let remedy = "Give --is and what belongs to it, or run the form on a terminal.";
        return Err(usage("nothing says what to record", remedy));
    }
    let (mut stdin, mut stderr) = (std::io::stdin().lock(), std::io::stderr());
    let Some(answers) = record_form::ask(arguments, &mut stdin, &mut stderr)? else {
        output::note("nothing was written");
        return Ok(Exit::Done);
    };
    write(&answers, sources.as_deref(), &mut |draft| {
        record_form::confirm(draft, &mut stdin, &mut stderr)
    })
}

fn usage(cause: &str, remedy: &str) -> Failure {
    Failure::Usage(Problem::new(Code::DraftUnsound, cause).with_remedy(remedy))
}

/// Writes the entry, once `agreed` says so.
fn write(
    arguments: &RecordArgs,
    sources: Option<&[Source]>,
    agreed: &mut dyn FnMut(&Draft) -> Result<bool, Failure>,
) -> Result<Exit, Failure> {
    let (draft, document) = draft(arguments, sources)?;
    if !agreed(&draft)? || arguments.dry_run {
        if arguments.dry_run {
            show(&draft, arguments.json);
        }
        output::note("nothing was written");
        return Ok(Exit::Done);
    }
    let path = ledger_file::location(&arguments.folder, arguments.ledger.as_deref());
    let mut ledger = ledger_file::open(&path)?;
    let documents: Vec<StoredDocument> = document.into_iter().collect();
    let done = ledger.append_with(std::slice::from_ref(&draft), &documents, &mut WallClock);
    let receipts = done.map_err(|error| ledger_file::failure(&error))?;
    let number = receipts.first().map_or(0, |receipt| receipt.number);
    let entry = ledger.entry(number).map_err(|error| ledger_file::failure(&error))?;
    if arguments.json {
        output::data(&output::json_pretty(&entry));
    } else {
        output::data(ledger_text::entry(&entry).as_bytes());
    }
    Ok(Exit::Done)
}

fn show(draft: &Draft, json: bool) {
    if json {
        output::data(&output::json_pretty(draft));
    } else {
        output::data(ledger_text::draft(draft).as_bytes());
    }
}

/// Returns the draft that the flags describe, with its document; or everything that is wrong with them.
pub(super) fn draft(
    arguments: &RecordArgs,
    sources: Option<&[Source]>,
) -> Result<(Draft, Option<StoredDocument>), Failure> {
    let mut problems = Vec::new();
    let mut wrong = |code, cause: String| problems.push(Problem::new(code, cause));
    let predicate = predicate(arguments, &mut wrong);
    let value = value(arguments, &mut wrong);
    let id = arguments.source.clone().unwrap_or_default();
    let known = sources.and_then(|all| all.iter().find(|source| source.id == id));
    if sources.is_some() && known.is_none() {
        wrong(Code::SourceUnclear, format!("--source: sources.csv has no source `{id}`"));
    }
    let voice = arguments.voice.or(known.map(Source::voice));
    if voice.is_none() {
        wrong(Code::SourceUnclear, "--voice: nothing says on whose behalf it speaks".to_owned());
    }
    let date = arguments.date.clone();
    if date.is_none() {
        wrong(Code::DraftUnsound, "--date is missing; `unknown` is a date too".to_owned());
    }
    let date = date.unwrap_or_default();
    let published = match (arguments.published, date.latest) {
        (Some(day), _) => Some(Published { day, from: PublishedFrom::Stated }),
        (None, Some(day)) => Some(Published { day, from: PublishedFrom::Assumed }),
        (None, None) => {
            wrong(
                Code::PublishedUnknown,
                "--published is missing, and the date has no last day".to_owned(),
            );
            None
        }
    };
    if arguments.by.as_ref().is_none_or(|by| by.trim().is_empty()) {
        wrong(Code::DraftUnsound, "--by is missing: the role of whoever records it".to_owned());
    }
    let (Some(predicate), Some(value), Some(voice), Some(published), true) =
        (predicate, value, voice, published, problems.is_empty())
    else {
        return Err(Failure::Input(problems));
    };
    let document = match &arguments.document {
        Some(path) => Some(document_of("application/octet-stream", disk::read(path)?)),
        None => None,
    };
    let draft = Draft {
        key: String::new(),
        subject: subject(arguments),
        predicate,
        value,
        valid: date.in_words(arguments.date_words.clone().unwrap_or_default()),
        published,
        voice,
        grade: arguments.grade.or(known.and_then(|source| source.grade)),
        relations: relations(arguments),
        related_keys: Vec::new(),
        medium: if arguments.document.is_none() && arguments.url.is_none() {
            Medium::Form
        } else {
            Medium::Document
        },
        document: document.as_ref().map(|document| hex(&document.hash)).unwrap_or_default(),
        retrieved: None,
        language: String::new(),
        texts: texts(arguments, id, document.as_ref())?,
    };
    Ok((draft, document))
}

fn subject(arguments: &RecordArgs) -> Subject {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let scope = arguments.scope();
    let id = match scope {
        Scope::Programme => String::new(),
        Scope::Place => text(&arguments.place),
        Scope::Facility => text(&arguments.facility),
        Scope::Milestone => text(&arguments.milestone),
    };
    Subject {
        scope,
        id,
        place: text(&arguments.place),
        kind: text(&arguments.kind),
        batch: text(&arguments.batch),
    }
}

fn predicate(arguments: &RecordArgs, wrong: &mut dyn FnMut(Code, String)) -> Option<Predicate> {
    let is = match arguments.is? {
        Is::Of(is) => is,
        Is::Note if arguments.relates.is_empty() => {
            wrong(
                Code::DraftUnsound,
                "--relates is missing: a note only relates to others".to_owned(),
            );
            return None;
        }
        Is::Note => return Some(Predicate::Note),
        Is::MilestoneDate | Is::PlanCycle => return date_of(arguments, wrong),
    };
    let rule = StatementRule {
        stage: arguments.stage,
        what: arguments.what.clone(),
        holds: (arguments.not || arguments.holds).then_some(!arguments.not),
        unit: arguments.unit,
        ..StatementRule::of(is)
    };
    let lacks = rule.lacks();
    for (flag, cause) in &lacks {
        wrong(Code::DraftUnsound, format!("--{flag}: {cause}"));
    }
    lacks.is_empty().then(|| rule.predicate())
}

/// Returns what is said of the date of a meeting, milestone or cycle.
fn date_of(arguments: &RecordArgs, wrong: &mut dyn FnMut(Code, String)) -> Option<Predicate> {
    if arguments.milestone.is_none() {
        let cause = "--milestone is missing: the id of the meeting, milestone or cycle";
        wrong(Code::DraftUnsound, cause.to_owned());
        return None;
    }
    if arguments.is == Some(Is::PlanCycle) {
        return Some(Predicate::PlanCycle);
    }
    let Some(certainty) = arguments.certainty else {
        let cause = "--certainty is missing: fixed, expected or rumoured";
        wrong(Code::DraftUnsound, cause.to_owned());
        return None;
    };
    Some(Predicate::MilestoneDate { certainty })
}

fn value(arguments: &RecordArgs, wrong: &mut dyn FnMut(Code, String)) -> Option<Option<Quantity>> {
    let counts = matches!(arguments.is, Some(Is::Of(Statement::Count | Statement::Target)));
    let bound = arguments.bound.unwrap_or_default();
    let unit = arguments.measure.clone().unwrap_or_default();
    match (&arguments.count, arguments.bound) {
        (Some(text), _) => {
            let number = text.parse::<Decimal>().ok();
            let sound =
                |number: &Decimal| !counts || (!number.is_negative() && number.scale() == 0);
            if let Some(number) = number.filter(sound) {
                return Some(Some(Quantity { number: Some(number), unit, bound }));
            }
            wrong(Code::NotANumber, format!("--count: `{text}` is not a number that fits"));
            None
        }
        (None, Some(bound)) => Some(Some(Quantity { number: None, unit, bound })),
        (None, None) if counts => {
            wrong(
                Code::DraftUnsound,
                "--count is missing, or --bound all, several or unknown".to_owned(),
            );
            None
        }
        (None, None) => Some(None),
    }
}

fn relations(arguments: &RecordArgs) -> Vec<Relation> {
    arguments.relates.iter().map(|&(how, entry)| Relation { how, entry }).collect()
}

fn texts(
    arguments: &RecordArgs,
    source: String,
    document: Option<&StoredDocument>,
) -> Result<Texts, Failure> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let quote = match &arguments.quote {
        Some(quote) => Some(Quote { text: quote.clone(), start: start_of(quote, document)? }),
        None => None,
    };
    Ok(Texts {
        recorded_by: text(&arguments.by).trim().to_owned(),
        source,
        attribution: arguments.through.clone(),
        url: text(&arguments.url),
        title: text(&arguments.title),
        quote,
        named: text(&arguments.named),
        note: text(&arguments.note),
    })
}

/// Returns the first byte of a quote in its document.
fn start_of(quote: &str, document: Option<&StoredDocument>) -> Result<Option<u64>, Failure> {
    let Some(bytes) = document.and_then(|document| document.bytes.as_ref()) else {
        return Ok(None);
    };
    let length = quote.len().max(1);
    match bytes.windows(length).position(|window| window == quote.as_bytes()) {
        Some(at) => Ok(u64::try_from(at).ok()),
        None => Err(usage(
            "the quote does not stand in the document",
            "Copy the sentence from the document, byte for byte.",
        )),
    }
}
