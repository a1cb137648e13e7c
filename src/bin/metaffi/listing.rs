//! A table as text: columns side by side, without borders, so that other programs can read it.

use comfy_table::{ContentArrangement, Table, presets};

/// The lines of a table.
pub fn lines<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    for row in rows {
        table.add_row(row.map(|cell| cell.replace('\n', " ")));
    }
    table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 2)));
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [["a".to_owned(), "b\nc".to_owned()], ["long".to_owned(), String::new()]];
        assert_eq!(lines(["ONE", "TWO"], rows.into_iter()), "ONE   TWO\na     b c\nlong\n");
    }
}
