package report

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
)

// The licence of everything that is published as data. Creative Commons
// Attribution and not a licence for databases: it is the one that Indonesian
// readers and portals know, and since version 4.0 it covers rights in databases
// too.
const (
	LicenceSPDX  = "CC-BY-4.0"
	LicenceURL   = "https://creativecommons.org/licenses/by/4.0/"
	LicenceTitle = "Creative Commons Attribution 4.0 International"
)

// Attribution says what the licence asks of whoever uses the data, with the
// name to give.
func Attribution(operator region.Operator, l bahasa.Language) string {
	return l.Say("Anda boleh memakai, mengubah, dan menyebarkan data ini, juga untuk usaha, asal menyebut sumbernya: \"Data KSBB, %s, %s\", menautkan lisensi CC BY 4.0, dan menyebutkan bila datanya Anda ubah.", operator.Name, operator.Office)
}

// Dataset is a folder of files that are taken away together: the open data of
// an area as they stand, or a frozen state of the whole region.
type Dataset struct {
	Area   area.Code
	Name   string    // of the area
	AsOf   time.Time // the instant that the rows speak of
	Since  aid.Day   // the day of the oldest commitment; empty when nobody knows
	Month  string    // "2026-03" of a frozen state, empty of living data
	Demo   bool
	Folder string // path of the folder in the public tree, without slash at its ends
	// Files are those of the folder. A file of rows as CSV has the name of its
	// table; what lies outside the folder is left out.
	Files    []Source
	Operator region.Operator
	Box      region.Box // in which every point lies
}

// Frozen tells whether the data never change any more.
func (d Dataset) Frozen() bool { return d.Month != "" }

// ID names the dataset: "ksbb-31.74", or "ksbb-31-2026-03" when frozen.
func (d Dataset) ID() string {
	id := "ksbb-" + string(d.Area)
	if d.Frozen() {
		id += "-" + d.Month
	}
	return id
}

// TitleID and TitleEN are what a person calls the dataset.
func (d Dataset) TitleID() string {
	if d.Frozen() {
		return "Data terbuka KSBB " + d.Name + ", keadaan akhir " + monthName(d.Month)
	}
	return "Data terbuka KSBB " + d.Name
}

// TitleEN is TitleID in English.
func (d Dataset) TitleEN() string {
	if d.Frozen() {
		return "KSBB open data of " + d.Name + " as of the end of " + d.Month
	}
	return "KSBB open data of " + d.Name
}

func monthName(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return fmt.Sprintf("%s %d", bahasa.Month(t.Month()), t.Year())
}

func (d Dataset) aboutID() string {
	about := "Penerima, kebutuhan, komitmen, dan penyaluran bantuan KSBB (Kolaborasi Sosial Berskala Besar). Tanpa kontak, tanpa data rumah tangga, tanpa NIK."
	if d.Frozen() {
		about += " Berkas ini dibekukan: tidak pernah berubah dan tidak memuat nama kolaborator."
	} else {
		about += " Diperbarui setiap hari."
	}
	if d.Demo {
		about += " DATA CONTOH: semuanya dikarang untuk peragaan."
	}
	return about
}

func (d Dataset) aboutEN() string {
	about := "Recipients, needs, commitments and deliveries of aid in KSBB, the large-scale social collaboration. No contacts, no list of households, no identity numbers."
	if d.Frozen() {
		about += " Frozen: these files never change and name no collaborator."
	} else {
		about += " Renewed every day."
	}
	if d.Demo {
		about += " DEMO DATA: all of it is invented."
	}
	return about
}

// inside returns the files of the folder with their paths in it, ordered by
// path: the order in which they were written says nothing.
func (d Dataset) inside() []Source {
	var files []Source
	for _, f := range d.Files {
		if rest, ok := strings.CutPrefix(f.Path, d.Folder+"/"); ok && rest != "" {
			f.Path = rest
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b Source) int { return strings.Compare(a.Path, b.Path) })
	return files
}

// hexHash returns a fingerprint "sha256-<base64>" in hexadecimal digits, as most
// tools print it.
func hexHash(hash string) (string, error) {
	digest, ok := strings.CutPrefix(hash, "sha256-")
	raw, err := base64.StdEncoding.DecodeString(digest)
	if !ok || err != nil || len(raw) != 32 {
		return "", fmt.Errorf("fingerprint %q: want sha256-<base64>", hash)
	}
	return hex.EncodeToString(raw), nil
}

// csvType is the media type of the files that a data package describes.
const csvType = "text/csv"

// media returns a file's media type without its parameters.
func media(f Source) string {
	t, _, _ := strings.Cut(f.Type, ";")
	return strings.TrimSpace(t)
}

// DataPackage returns the datapackage.json of a dataset: a Tabular Data Package
// of Frictionless Data, version 1, with each CSV file of the dataset as a
// resource. A file whose table is unknown is refused, and so is one whose
// fingerprint is no SHA-256.
func DataPackage(d Dataset) ([]byte, error) {
	type contributor struct {
		Title string `json:"title"`
		Path  string `json:"path,omitempty"`
		Role  string `json:"role"`
	}
	type licence struct {
		Name  string `json:"name"`
		Path  string `json:"path"`
		Title string `json:"title"`
	}
	type pkg struct {
		Profile     string        `json:"profile"`
		Name        string        `json:"name"`
		Title       string        `json:"title"`
		TitleEN     string        `json:"title_en"`
		Description string        `json:"description"`
		About       string        `json:"description_en"`
		Homepage    string        `json:"homepage"`
		Version     string        `json:"version"`
		Created     string        `json:"created"`
		Licenses    []licence     `json:"licenses"`
		Contributor []contributor `json:"contributors"`
		Keywords    []string      `json:"keywords"`
		Resources   []resource    `json:"resources"`
	}
	p := pkg{
		Profile: "tabular-data-package", Name: d.ID(), Title: d.TitleID(), TitleEN: d.TitleEN(), Description: d.aboutID(), About: d.aboutEN(),
		Homepage: "https://" + d.Operator.Site + "/data/", Version: d.AsOf.UTC().Format("2006.1.2"), Created: d.AsOf.UTC().Format(time.RFC3339),
		Licenses:    []licence{{LicenceSPDX, LicenceURL, LicenceTitle}},
		Contributor: []contributor{{d.Operator.Name, "https://" + d.Operator.Site + "/", "publisher"}},
		Keywords:    keywords, Resources: []resource{},
	}
	var present []string
	for _, f := range d.inside() {
		if f.Table != "" && media(f) == csvType {
			present = append(present, f.Table)
		}
	}
	for _, f := range d.inside() {
		if media(f) != csvType {
			continue
		}
		t, ok := TableOf(f.Table)
		if !ok {
			return nil, fmt.Errorf("describe %s: no table %q", f.Path, f.Table)
		}
		hash, err := hexHash(f.Hash)
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", f.Path, err)
		}
		p.Resources = append(p.Resources, resourceOf(t, f, hash, present))
	}
	return indented(p)
}

var keywords = []string{"KSBB", "bantuan sosial", "kolaborasi", "transparansi", "humanitarian aid", "in-kind aid", "hxl"}

// resource is one file of a data package.
type resource struct {
	Profile     string  `json:"profile"`
	Name        string  `json:"name"`
	Path        string  `json:"path"`
	Title       string  `json:"title"`
	TitleEN     string  `json:"title_en"`
	Format      string  `json:"format"`
	MediaType   string  `json:"mediatype"`
	Encoding    string  `json:"encoding"`
	Bytes       int64   `json:"bytes"`
	Hash        string  `json:"hash"`
	Rows        int64   `json:"rows"`
	Description string  `json:"description"`
	Dialect     dialect `json:"dialect"`
	Schema      schema  `json:"schema"`
}

type dialect struct {
	Delimiter      string `json:"delimiter"`
	LineTerminator string `json:"lineTerminator"`
	QuoteChar      string `json:"quoteChar"`
	DoubleQuote    bool   `json:"doubleQuote"`
	Header         bool   `json:"header"`
	// CommentChar makes readers skip the row of HXL tags, the only one that begins
	// with it.
	CommentChar string `json:"commentChar"`
}

type schema struct {
	Fields        []field      `json:"fields"`
	MissingValues []string     `json:"missingValues"`
	PrimaryKey    []string     `json:"primaryKey,omitempty"`
	ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
}

type field struct {
	Name          string       `json:"name"`
	Type          Type         `json:"type"`
	Format        string       `json:"format,omitempty"`
	Title         string       `json:"title"`
	Description   string       `json:"description"`
	DescriptionEN string       `json:"description_en"`
	HXL           string       `json:"hxl"`
	Constraints   *constraints `json:"constraints,omitempty"`
}

type constraints struct {
	Required bool     `json:"required,omitempty"`
	Unique   bool     `json:"unique,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

type foreignKey struct {
	Fields    []string  `json:"fields"`
	Reference reference `json:"reference"`
}

type reference struct {
	Resource string   `json:"resource"`
	Fields   []string `json:"fields"`
}

// resourceOf describes the file of a table. References to tables that are not
// present beside it are left out.
func resourceOf(t Table, f Source, hash string, present []string) resource {
	s := schema{Fields: []field{}, MissingValues: []string{""}, PrimaryKey: t.Key}
	for _, c := range t.Columns {
		out := field{Name: c.Name, Type: c.Type, Title: c.Label, Description: c.ID, DescriptionEN: c.EN, HXL: c.HXL}
		if c.Type == DateTime || c.Type == Date {
			out.Format = "default"
		}
		unique := len(t.Key) == 1 && t.Key[0] == c.Name
		if c.Required || unique || len(c.Values) > 0 {
			out.Constraints = &constraints{Required: c.Required, Unique: unique, Enum: c.Values}
		}
		s.Fields = append(s.Fields, out)
	}
	for _, r := range t.Refs {
		if slices.Contains(present, r.Table) {
			s.ForeignKeys = append(s.ForeignKeys, foreignKey{r.Columns, reference{r.Table, r.To}})
		}
	}
	return resource{
		Profile: "tabular-data-resource", Name: t.Name, Path: f.Path, Title: t.TitleID, TitleEN: t.TitleEN,
		Format: "csv", MediaType: csvType, Encoding: "utf-8", Bytes: f.Bytes, Hash: "sha256:" + hash, Rows: f.Rows,
		Description: "Baris kedua memuat tagar HXL. Teks yang mirip rumus diawali tanda petik tunggal. / The second row holds HXL tags. A text that looks like a formula begins with an apostrophe.",
		Dialect:     dialect{",", "\r\n", `"`, true, true, "#"}, Schema: s,
	}
}

// DCAT returns the description of a dataset for data portals: JSON-LD in the
// words of DCAT-AP, with every file of the folder as a distribution. Site is
// the address of the site with scheme, without a slash at its end.
func DCAT(d Dataset, site string) ([]byte, error) {
	iri := func(s string) node { return node{ID: s} }
	both := func(id, en string) []literal { return []literal{{id, "id"}, {en, "en"}} }
	root := site + "/" + d.Folder + "/"
	type period struct {
		Type  string `json:"@type"`
		Start *typed `json:"dcat:startDate,omitempty"`
		End   typed  `json:"dcat:endDate"`
	}
	type place struct {
		Type  string    `json:"@type"`
		Label []literal `json:"skos:prefLabel"`
		ID    string    `json:"dct:identifier"`
		Box   typed     `json:"dcat:bbox"`
	}
	type checksum struct {
		Type      string `json:"@type"`
		Algorithm node   `json:"spdx:algorithm"`
		Value     typed  `json:"spdx:checksumValue"`
	}
	type distribution struct {
		ID       string    `json:"@id"`
		Type     string    `json:"@type"`
		Title    []literal `json:"dct:title"`
		Access   node      `json:"dcat:accessURL"`
		Download node      `json:"dcat:downloadURL"`
		Media    node      `json:"dcat:mediaType"`
		Bytes    typed     `json:"dcat:byteSize"`
		Checksum checksum  `json:"spdx:checksum"`
		Licence  node      `json:"dct:license"`
		Modified typed     `json:"dct:modified"`
	}
	type agent struct {
		ID       string    `json:"@id"`
		Type     string    `json:"@type"`
		Name     []literal `json:"foaf:name"`
		Homepage node      `json:"foaf:homepage"`
	}
	type dataset struct {
		Context      map[string]string `json:"@context"`
		ID           string            `json:"@id"`
		Type         string            `json:"@type"`
		Identifier   string            `json:"dct:identifier"`
		Title        []literal         `json:"dct:title"`
		Description  []literal         `json:"dct:description"`
		Keywords     []literal         `json:"dcat:keyword"`
		Theme        node              `json:"dcat:theme"`
		Language     node              `json:"dct:language"`
		Publisher    agent             `json:"dct:publisher"`
		Licence      node              `json:"dct:license"`
		Rights       []literal         `json:"dct:rights"`
		AccessRights node              `json:"dct:accessRights"`
		Issued       *typed            `json:"dct:issued,omitempty"`
		Modified     typed             `json:"dct:modified"`
		Frequency    node              `json:"dct:accrualPeriodicity"`
		Temporal     period            `json:"dct:temporal"`
		Spatial      place             `json:"dct:spatial"`
		Landing      node              `json:"dcat:landingPage"`
		Distribution []distribution    `json:"dcat:distribution"`
	}
	const vocabulary = "http://publications.europa.eu/resource/authority/"
	asOf := typed{"xsd:dateTime", d.AsOf.UTC().Format(time.RFC3339)}
	frequency := "DAILY"
	var issued *typed
	if d.Frozen() {
		frequency, issued = "NEVER", &asOf
	}
	out := dataset{
		Context: map[string]string{
			"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
			"skos": "http://www.w3.org/2004/02/skos/core#", "spdx": "http://spdx.org/rdf/terms#", "xsd": "http://www.w3.org/2001/XMLSchema#",
			"geo": "http://www.opengis.net/ont/geosparql#",
		},
		ID: root + "dcat.json", Type: "dcat:Dataset", Identifier: d.ID(), Title: both(d.TitleID(), d.TitleEN()),
		Description: both(d.aboutID(), d.aboutEN()), Theme: iri(vocabulary + "data-theme/SOCI"), Language: iri(vocabulary + "language/IND"),
		Publisher: agent{ID: site + "/", Type: "foaf:Agent", Name: []literal{{d.Operator.Name, "id"}}, Homepage: iri(site + "/")},
		Licence:   iri(LicenceURL), Rights: []literal{{Attribution(d.Operator, bahasa.Indonesian), "id"}}, AccessRights: iri(vocabulary + "access-right/PUBLIC"),
		Issued: issued, Modified: asOf, Frequency: iri(vocabulary + "frequency/" + frequency),
		Temporal: period{Type: "dct:PeriodOfTime", End: asOf},
		Spatial: place{"dct:Location", []literal{{d.Name, "id"}}, string(d.Area), typed{"geo:wktLiteral", fmt.Sprintf(
			"POLYGON((%[1]g %[2]g,%[3]g %[2]g,%[3]g %[4]g,%[1]g %[4]g,%[1]g %[2]g))", d.Box.West, d.Box.South, d.Box.East, d.Box.North)}},
		Landing: iri(site + "/data/"), Distribution: []distribution{},
	}
	if d.Since != "" {
		out.Temporal.Start = &typed{"xsd:date", string(d.Since)}
	}
	for _, k := range keywords {
		out.Keywords = append(out.Keywords, literal{Value: k})
	}
	for _, f := range d.inside() {
		hash, err := hexHash(f.Hash)
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", f.Path, err)
		}
		title := []literal{{f.Path, ""}}
		if t, ok := TableOf(f.Table); ok {
			title = both(t.TitleID+" ("+f.Path+")", t.TitleEN+" ("+f.Path+")")
		}
		out.Distribution = append(out.Distribution, distribution{
			ID: root + f.Path, Type: "dcat:Distribution", Title: title, Access: iri(root + f.Path), Download: iri(root + f.Path),
			Media: iri("https://www.iana.org/assignments/media-types/" + media(f)), Bytes: typed{"xsd:nonNegativeInteger", fmt.Sprint(f.Bytes)},
			Checksum: checksum{"spdx:Checksum", iri("http://spdx.org/rdf/terms#checksumAlgorithm_sha256"), typed{"xsd:hexBinary", hash}},
			Licence:  iri(LicenceURL), Modified: asOf,
		})
	}
	return indented(out)
}

// node, literal and typed are the three things that JSON-LD points at.
type (
	node struct {
		ID string `json:"@id"`
	}
	literal struct {
		Value    string `json:"@value"`
		Language string `json:"@language,omitempty"`
	}
	typed struct {
		Type  string `json:"@type"`
		Value string `json:"@value"`
	}
)

// RowSchema returns the JSON Schema of one line of a table's JSON Lines file.
func RowSchema(t Table) ([]byte, error) {
	type property struct {
		Title       string   `json:"title"`
		Description string   `json:"description"`
		ID          string   `json:"x-description-id"`
		HXL         string   `json:"x-hxl"`
		Type        []string `json:"type"`
		Format      string   `json:"format,omitempty"`
		Enum        []any    `json:"enum,omitempty"`
	}
	var properties bytes.Buffer // in the order of the columns
	names := make([]string, 0, len(t.Columns))
	for i, c := range t.Columns {
		p := property{Title: c.Label, Description: c.EN, ID: c.ID, HXL: c.HXL, Type: []string{"string"}}
		switch c.Type {
		case Integer, Number, Boolean:
			p.Type[0] = string(c.Type)
		case Date:
			p.Format = "date"
		case DateTime:
			p.Format = "date-time"
		}
		for _, v := range c.Values {
			p.Enum = append(p.Enum, v)
		}
		if !c.Required {
			p.Type = append(p.Type, "null")
			if len(p.Enum) > 0 {
				p.Enum = append(p.Enum, nil)
			}
		}
		body, err := json.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("encode schema of %s: %w", t.Name, err)
		}
		if i > 0 {
			properties.WriteByte(',')
		}
		fmt.Fprintf(&properties, "%q:%s", c.Name, body)
		names = append(names, c.Name)
	}
	return indented(struct {
		Schema     string          `json:"$schema"`
		ID         string          `json:"$id"`
		Title      string          `json:"title"`
		Type       string          `json:"type"`
		Properties json.RawMessage `json:"properties"`
		Required   []string        `json:"required"`
		Additional bool            `json:"additionalProperties"`
	}{
		"https://json-schema.org/draft/2020-12/schema", "/data/schemas/row-" + t.Name + ".json", t.TitleEN + ": one row",
		"object", json.RawMessage("{" + properties.String() + "}"), names, false,
	})
}

func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode description: %w", err)
	}
	return b.Bytes(), nil
}

// Readme returns the README.md of a dataset, in Indonesian and English.
func Readme(d Dataset) []byte {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	files := d.inside()
	list := func(title func(Table) string, rows string) {
		say("| | | %s |\n|---|---|--:|", rows)
		for _, f := range files {
			what, n := "", ""
			if t, ok := TableOf(f.Table); ok {
				what, n = title(t), fmt.Sprint(f.Rows)
			}
			say("| `%s` | %s | %s |", f.Path, what, n)
		}
		say("")
	}
	say("# %s\n", d.TitleID())
	say("%s Keadaan per %s.\n", d.aboutID(), d.AsOf.UTC().Format("2006-01-02 15:04 UTC"))
	list(func(t Table) string { return t.TitleID }, "baris")
	say("- **Excel**: buka berkas .xlsx. Berkas .csv memakai koma dan UTF-8 tanpa BOM; Excel berbahasa Indonesia mengharapkan titik koma, dan kode wilayah seperti 31.70 akan terbaca sebagai angka.")
	say("- **CSV**: baris pertama nama kolom, baris kedua tagar HXL. Teks yang mirip rumus diawali tanda petik tunggal (') agar tidak dijalankan; JSON memuat teks aslinya.")
	say("- **Arti kolom**: `datapackage.json`, dalam dua bahasa. Pemberian, pinjaman, dan bantuan bebas tidak pernah dijumlahkan. Komitmen dengan `counted` = false gugur atau dibatalkan dan tidak masuk jumlah.")
	say("- **Keaslian**: `datapackage.json` memuat SHA-256 setiap berkas CSV, `dcat.json` setiap berkas.")
	say("\n**Lisensi** [%s](%s). %s\n", LicenceSPDX, LicenceURL, Attribution(d.Operator, bahasa.Indonesian))
	say("---\n\n# %s\n", d.TitleEN())
	say("%s As of %s.\n", d.aboutEN(), d.AsOf.UTC().Format("2006-01-02 15:04 UTC"))
	list(func(t Table) string { return t.TitleEN }, "rows")
	say("- **CSV**: RFC 4180, commas, UTF-8 without a byte order mark. The first row holds column names, the second HXL tags. A text that a spreadsheet would run as a formula begins with an apostrophe ('); JSON has it as it is.")
	say("- **Columns** are described in `datapackage.json` (Frictionless Tabular Data Package), in both languages. Instants are UTC, days are calendar days in the region's zone, money is whole rupiah.")
	say("- Gifts, loans and free aid are never added up. A commitment with `counted` = false lapsed or was withdrawn and stands in no total.")
	say("- The columns `fts_status`, `iati_transaction_type` and `threesixtygiving_amount` say what a state corresponds to elsewhere.")
	say("\n**Licence** [%s](%s). Name the source: \"KSBB data, %s, %s\", link the licence, and say if you changed anything.", LicenceSPDX, LicenceURL, d.Operator.Name, d.Operator.Office)
	return []byte(b.String())
}
