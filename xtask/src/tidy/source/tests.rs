//! Tests of the lexer and of telling test code from code that ships.

use super::*;

fn sources(files: &[(&str, &str)]) -> Vec<RustSource> {
    let file = |(path, text): &(&str, &str)| TextFile {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    RustSource::parse_all(&files.iter().map(file).collect::<Vec<_>>())
}

fn shipped(text: &str, word: &str) -> Vec<usize> {
    sources(&[("crates/a/src/lib.rs", text)])[0].shipped_lines_with(word).collect()
}

#[test]
fn comments_and_literals_are_blank() {
    for hidden in [
        "// f64",
        "/* a /* nested f64 */ f64 */",
        "let a = \"f64 \\\" f64\";",
        "let a = r#\"f64 \" f64\"#;",
        "let a = b\"f64\";",
        "let a = br\"f64\";",
        "/// f64\nfn a() {}",
    ] {
        assert_eq!(shipped(hidden, "f64"), Vec::<usize>::new(), "{hidden}");
    }
}

#[test]
fn what_follows_a_literal_is_code() {
    for open in [
        "let a = '\"'; f64",
        "let a = '\\''; f64",
        "let a = b'\\\\'; f64",
        "fn a<'a>(b: &'a str) { f64 }",
        "let a = \"é\"; f64",
        "/* a */ f64",
        "let r#type = 1; f64",
        "let for_r = br##\"a\"# \"##; f64",
    ] {
        assert_eq!(shipped(open, "f64"), [1], "{open}");
    }
}

#[test]
fn lines_and_columns_stay() {
    let text = "a /* b\nc */ d \"e\nf\" g\n";
    assert_eq!(blank(text), "a     \n     d   \n   g\n");
}

#[test]
fn a_word_is_not_a_part_of_another() {
    assert!(has_word("let a: f64 = 1;", "f64"));
    assert!(has_word("todo!()", "todo!"));
    assert!(!has_word("let buf64 = 1;", "f64"));
    assert!(!has_word("f64_bits", "f64"));
    assert!(!has_word("unsafe_code", "unsafe"));
}

#[test]
fn a_test_module_is_test_code_and_what_follows_is_not() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { f64 }\n}\nfn c() { f64 }\n";
    assert_eq!(shipped(text, "f64"), [6]);
}

#[test]
fn a_test_item_without_a_body_ends_at_its_semicolon() {
    let text = "#[cfg(test)]\nuse a::f64;\nuse b::f64;\n";
    assert_eq!(shipped(text, "f64"), [3]);
    let text = "#[cfg(test)]\nconst A: [u8; 2] = [f64; 2];\nuse b::f64;\n";
    assert_eq!(shipped(text, "f64"), [3]);
}

#[test]
fn a_file_declared_as_a_test_module_is_test_code() {
    let found = sources(&[
        ("crates/a/src/lib.rs", "#[cfg(test)]\nmod tests;\nmod shipped;\n"),
        ("crates/a/src/tests.rs", "f64"),
        ("crates/a/src/tests/deep.rs", "f64"),
        ("crates/a/src/shipped.rs", "f64\n#[cfg(test)]\npub(crate) mod scenes;\n"),
        ("crates/a/src/shipped/scenes.rs", "f64"),
        ("crates/a/src/tests_not.rs", "f64"),
        ("crates/a/src/named.rs", "#[cfg(test)]\n#[path = \"named_tests.rs\"]\nmod tests;\n"),
        ("crates/a/src/named_tests.rs", "f64"),
    ]);
    let shipping = found.iter().filter(|source| source.shipped_lines_with("f64").count() > 0);
    let paths: Vec<&str> = shipping.map(|source| source.path.as_str()).collect();
    assert_eq!(paths, ["crates/a/src/shipped.rs", "crates/a/src/tests_not.rs"]);
}

#[test]
fn a_package_s_test_folders_are_test_code() {
    for (path, ships) in [
        ("crates/a/tests/it/main.rs", 0),
        ("crates/a/examples/bench.rs", 0),
        ("xtask/tests/it.rs", 0),
        ("crates/a/src/examples.rs", 1),
    ] {
        let found = sources(&[(path, "f64")]);
        assert_eq!(found[0].shipped_lines_with("f64").count(), ships, "{path}");
    }
}
