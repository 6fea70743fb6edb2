//! Tables that a reader can search and sort where scripts run, and that are whole without them.

use crate::escape::markup;
use crate::number::whole;

/// Is one column: its heading, and whether its cells are numbers.
pub(super) type Column<'a> = (&'a str, bool);

/// Is a table without its rows.
pub(super) struct Table<'a> {
    /// What it shows, as text.
    pub(super) caption: &'a str,
    pub(super) class: &'a str,
    /// Headings above those of the columns, each over so many of them; empty where there are none.
    pub(super) groups: &'a [(&'a str, usize)],
    pub(super) columns: &'a [Column<'a>],
}

impl Table<'_> {
    /// Returns the table with the rows of its body, which are markup.
    pub(super) fn of(&self, rows: &str) -> String {
        self.of_bodies(&format!("<tbody>{rows}</tbody>"))
    }

    /// Returns the table with bodies, which are markup.
    pub(super) fn of_bodies(&self, bodies: &str) -> String {
        let head = |(heading, number): &Column| {
            let class = if *number { " class=\"n\"" } else { "" };
            format!("<th scope=\"col\"{class}>{}</th>", markup(heading))
        };
        let head: String = self.columns.iter().map(head).collect();
        let groups = self.groups();
        let caption = markup(self.caption);
        format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table class=\"{}\"><caption>{caption}</caption>\
             <thead>{groups}<tr>{head}</tr></thead>{bodies}</table></div>",
            self.class
        )
    }
}

impl Table<'_> {
    fn groups(&self) -> String {
        if self.groups.is_empty() {
            return String::new();
        }
        let head = |(heading, columns): &(&str, usize)| match *heading {
            "" => format!("<td colspan=\"{columns}\"></td>"),
            heading => {
                format!("<th scope=\"colgroup\" colspan=\"{columns}\">{}</th>", markup(heading))
            }
        };
        format!("<tr class=\"groups\">{}</tr>", self.groups.iter().map(head).collect::<String>())
    }
}

/// Returns tables of which a script shows the first rows, and sorts them.
pub(super) fn listed(tables: &str) -> String {
    format!("<div class=\"listed\">{tables}</div>")
}

/// Returns the same below a field in which rows are searched. `what` names them: "sites".
pub(super) fn searched(id: &str, what: &str, tables: &str) -> String {
    format!(
        "<div class=\"listed\"><div class=\"live table-tools\"><div><label for=\"{id}\">Show only {what}</label>\
         <input id=\"{id}\" type=\"search\" placeholder=\"name, province or id\" autocomplete=\"off\" spellcheck=\"false\"></div>\
         <p role=\"status\"></p></div>{tables}</div>"
    )
}

/// Returns a cell with a number.
pub(super) fn number(text: &str) -> String {
    format!("<td class=\"n\">{}</td>", markup(text))
}

/// Returns a cell with a text.
pub(super) fn text(text: &str) -> String {
    format!("<td>{}</td>", markup(text))
}

/// Returns the head of a row: a name, and below it its id and province, and `more`, which is markup.
pub(super) fn named(name: &str, id: &str, province: &str, more: &str) -> String {
    let known = [id, province].into_iter().filter(|text| !text.is_empty() && *text != name);
    let under = match known.collect::<Vec<_>>().join(", ") {
        under if under.is_empty() => String::new(),
        under => format!("<span class=\"under\">{}</span>", markup(&under)),
    };
    format!("<th scope=\"row\">{}{under}{more}</th>", markup(name))
}

/// Says how many rows a table leaves out and where they are; nothing where it has all.
pub(super) fn left_out(all: usize, shown: usize, where_else: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => super::note(&format!("and {} more: see {where_else}.", whole(more as u64))),
    }
}
