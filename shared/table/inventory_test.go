package table_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"ksbb/shared/table"
)

var update = flag.Bool("update", false, "write INVENTORY.md anew")

func TestEveryPrivateAttributeSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, h := range table.Inventory() {
		if h.Attribute == "" || h.Personal && (h.What == "" || h.Purpose == "" || h.Retention == "") {
			t.Errorf("%s, attribute %q: what %q, purpose %q, retention %q; want a tag personal:\"what; purpose; retention\"", h.Key, h.Attribute, h.What, h.Purpose, h.Retention)
		}
	}
}

// Every row of the private table, after all that can be done was done, is of a
// kind that is listed and has no attribute that is not.
func TestEveryPrivateRowIsInTheInventory(t *testing.T) {
	t.Parallel()
	_, rows := everything(t)
	_, more := complained(t)
	_, still := subscribed(t)
	_, gifts := pooled(t)
	_, lists := imported(t)
	listed := map[string][]string{}
	for _, h := range table.Inventory() {
		listed[h.Key] = append(listed[h.Key], h.Attribute)
	}
	met := map[string]bool{}
	for _, row := range slices.Concat(rows, more, still, staffed(t), gifts, lists) {
		pk, sk := row["PK"].(string), row["SK"].(string)
		kind := ""
		for pattern := range listed {
			p, s, _ := strings.Cut(pattern, " ")
			if fits(pk, p) && fits(sk, s) {
				kind = pattern
			}
		}
		if kind == "" {
			t.Errorf("%q %q is of no kind that is listed", pk, sk)
			continue
		}
		met[kind] = true
		for attribute := range row {
			if attribute != "PK" && attribute != "SK" && !slices.Contains(listed[kind], attribute) {
				t.Errorf("%s holds %q, which is not listed", kind, attribute)
			}
		}
	}
	for kind := range listed {
		if !met[kind] {
			t.Errorf("nothing was stored as %s: is there such a kind?", kind)
		}
	}
}

// fits tells whether a part of a key begins as its pattern does, or is it.
func fits(part, pattern string) bool {
	begin, _, open := strings.Cut(pattern, "<")
	return part == pattern || open && strings.HasPrefix(part, begin)
}

func TestInventoryIsWrittenDown(t *testing.T) {
	t.Parallel()
	const path = "INVENTORY.md"
	want := inventory()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the types say; go test ./shared/table -run Inventory -update writes it anew", path)
	}
}

func inventory() []byte {
	var b bytes.Buffer
	b.WriteString(`# Personal data that is kept

Made from the types in this folder by ` + "`go test ./shared/table -run Inventory -update`" + `; a test fails when the two differ.
All of it lies in the private table, under a key of its own. The ledger, the public files and the logs hold none of it.
Original evidence files and their copies lie in the evidence bucket, private, the originals locked for 400 days; all leave after two
years. Signed statements lie beside them and leave with the contact.

| Item | Attribute | What it is | What it is for | How long it is kept |
|---|---|---|---|---|
`)
	plain := map[string][]string{}
	for _, h := range table.Inventory() {
		if !h.Personal {
			plain[h.Key] = append(plain[h.Key], h.Attribute)
			continue
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", h.Key, h.Attribute, h.What, h.Purpose, h.Retention)
	}
	b.WriteString("\nAttributes that say nothing of a person:\n\n")
	for _, key := range slices.Sorted(maps.Keys(plain)) {
		fmt.Fprintf(&b, "- `%s`: %s\n", key, strings.Join(plain[key], ", "))
	}
	return b.Bytes()
}
