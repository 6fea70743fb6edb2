//! What the report was made from, how the run went, and how to make it again.

use groundwork_model::InputFile;

use super::{Page, section as wrap_section};
use crate::escape::markup;
use crate::number::{decimal, plural, whole};
use crate::words;

/// Returns the section with inputs, run and commands.
pub(super) fn section(page: &Page) -> String {
    let body = [inputs(page), run(page), commands(page.input.commands), credits(page)].concat();
    wrap_section("sources", "Sources, and how to make this again", &body)
}

fn inputs(page: &Page) -> String {
    files("The plan was", page.plan.inputs.iter().chain(page.plan.certificate.as_ref()))
}

/// Returns files with their fingerprints; `made` begins the sentence: "The plan was".
pub(super) fn files<'f>(made: &str, files: impl IntoIterator<Item = &'f InputFile>) -> String {
    let row = |file: &InputFile| {
        format!(
            "<tr><th scope=\"row\">{}</th><td><code>{}</code></td></tr>",
            markup(&file.path),
            markup(&file.sha256)
        )
    };
    format!(
        "<p>{made} made from these files and no others. A file whose fingerprint differs is another file.</p>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Files and fingerprints\"><table class=\"hashes\">\
         <caption>Files and fingerprints</caption><thead><tr><th scope=\"col\">File</th><th scope=\"col\">SHA-256 fingerprint</th></tr></thead><tbody>{}</tbody></table></div>",
        files.into_iter().map(row).collect::<String>()
    )
}

fn run(page: &Page) -> String {
    let run = &page.plan.run;
    let memory = match run.peak_rss_bytes {
        0 => String::new(),
        bytes => format!(", {} MB of memory at most", whole(bytes.div_ceil(1_000_000))),
    };
    let work = match run.work {
        0 => String::new(),
        work => format!(
            " It priced {} pairs of place and site: give this number as the work limit to get the same plan again.",
            whole(work)
        ),
    };
    let text = format!(
        "Groundwork {} planned for {} seconds on {} {} with seed {}{memory}, and stopped because {}.{}",
        run.version,
        decimal(run.seconds, 1),
        run.threads,
        plural(u64::from(run.threads), "thread", "threads"),
        run.seed,
        words::stopped_words(page.plan.stopped_by),
        work,
    );
    format!("<h3>The run</h3><p>{}</p>", markup(&text))
}

/// Returns the commands that make a report again; nothing where none are given.
pub(super) fn commands(commands: &[String]) -> String {
    if commands.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = commands.iter().map(|command| markup(command)).collect();
    format!("<h3>Make this report again</h3><pre><code>{}</code></pre>", lines.join("\n"))
}

fn credits(page: &Page) -> String {
    let settings = &page.programme.settings;
    let mut texts = settings.map.attribution.clone();
    if !page.cells.is_empty() && !settings.map.cells_note.is_empty() {
        texts.push(settings.map.cells_note.clone());
    }
    if texts.is_empty() {
        return String::new();
    }
    format!("<h3>Credits of the map</h3>{}", super::list("credits-list", &texts))
}
