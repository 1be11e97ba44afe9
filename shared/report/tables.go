package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// Type is what the cells of a column are, in the words of Table Schema.
type Type string

// The types. A cell is a string, int64, float64, bool or nil; days and instants
// are strings, "2026-03-31" and "2026-03-31T05:00:00Z", always UTC.
const (
	String   Type = "string"
	Integer  Type = "integer"
	Number   Type = "number"
	Date     Type = "date"
	DateTime Type = "datetime"
	Boolean  Type = "boolean"
)

// Column is one column of a table. Its name never changes its meaning: a column
// with another meaning gets another name.
type Column struct {
	Name  string // snake_case, its unit in the name where it has one
	HXL   string // hashtag and attributes
	Type  Type
	Label string // over the column in a workbook, in Indonesian
	ID    string // what it says, in Indonesian
	EN    string // the same in English
	// Required columns have no empty cell.
	Required bool
	// Values lists every value there can be; empty when any may be.
	Values []string
}

// Reference says that the values of columns stand in another table.
type Reference struct {
	Columns []string
	Table   string
	To      []string
}

// Table is what one kind of file of rows holds.
type Table struct {
	Name    string
	TitleID string
	TitleEN string
	Columns []Column
	Key     []string // columns that together name a row; nil when none do
	Refs    []Reference
}

// Column returns the position of a column, and -1 when the table has none of
// that name.
func (t Table) Column(name string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

// Tables lists every table in the order in which they are shown.
var Tables = []Table{RecipientTable, NeedTable, CommitmentTable, DeliveryTable, AreaTable, CorrectionTable}

// TableOf returns the table of that name, and false when there is none.
func TableOf(name string) (Table, bool) {
	i := slices.IndexFunc(Tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, false
	}
	return Tables[i], true
}

// whereColumns say who receives and where that is, in every table that speaks
// of one recipient.
func whereColumns() []Column {
	return []Column{
		{Name: "recipient_id", HXL: "#loc+code+recipient", Type: String, Required: true, Label: "ID penerima",
			ID: "Tanda pengenal penerima; untuk RW sama dengan kode wilayahnya.", EN: "Identifier of the recipient; for an RW it is its area code."},
		{Name: "recipient_name", HXL: "#loc+name+recipient", Type: String, Required: true, Label: "Penerima",
			ID: "Nama penerima: RW, panti, pesantren, sekolah, atau usaha. Tidak pernah perorangan.", EN: "Name of the recipient: an RW, orphanage, pesantren, school or business. Never a person."},
		{Name: "recipient_kind", HXL: "#loc+type+recipient", Type: String, Required: true, Label: "Jenis penerima",
			ID: "Jenis penerima menurut daftar wilayah ini.", EN: "Kind of recipient, a slug of the region's list."},
		{Name: "kota_code", HXL: "#adm2+code+v_kemendagri", Type: String, Required: true, Label: "Kode kota",
			ID: "Kode Kemendagri kota atau kabupaten.", EN: "Ministry of Home Affairs code of the city or regency."},
		{Name: "kota_name", HXL: "#adm2+name", Type: String, Required: true, Label: "Kota",
			ID: "Nama kota atau kabupaten.", EN: "Name of the city or regency."},
		{Name: "kecamatan_code", HXL: "#adm3+code+v_kemendagri", Type: String, Required: true, Label: "Kode kecamatan",
			ID: "Kode Kemendagri kecamatan.", EN: "Ministry of Home Affairs code of the district."},
		{Name: "kecamatan_name", HXL: "#adm3+name", Type: String, Required: true, Label: "Kecamatan",
			ID: "Nama kecamatan.", EN: "Name of the district."},
		{Name: "kelurahan_code", HXL: "#adm4+code+v_kemendagri", Type: String, Required: true, Label: "Kode kelurahan",
			ID: "Kode Kemendagri kelurahan.", EN: "Ministry of Home Affairs code of the urban village."},
		{Name: "kelurahan_name", HXL: "#adm4+name", Type: String, Required: true, Label: "Kelurahan",
			ID: "Nama kelurahan.", EN: "Name of the urban village."},
	}
}

func whereCells(r aid.Recipient, pack *region.Pack) []any {
	kota, kecamatan, kelurahan := r.Area.At(area.Kota), r.Area.At(area.Kecamatan), r.Area.At(area.Kelurahan)
	return []any{
		text(r.ID), text(r.Name), text(r.Kind),
		text(kota), text(pack.AreaName(kota)), text(kecamatan), text(pack.AreaName(kecamatan)), text(kelurahan), text(pack.AreaName(kelurahan)),
	}
}

var demoColumn = Column{Name: "demo", HXL: "#meta+demo", Type: Boolean, Required: true, Label: "Data contoh",
	ID: "Ya bila baris ini dikarang untuk peragaan.", EN: "True if the row is invented for a demonstration."}

// RecipientTable has one row for each recipient. It leaves out the name of the
// person in charge: that stands on the recipient's own page, where it goes when
// the person does, and must not stay in copies.
var RecipientTable = Table{
	Name: "recipients", TitleID: "Penerima", TitleEN: "Recipients", Key: []string{"recipient_id"},
	Columns: append(whereColumns(), []Column{
		{Name: "address", HXL: "#loc+address", Type: String, Label: "Alamat",
			ID: "Alamat penerima; kosong bila lokasinya disamarkan.", EN: "Address of the recipient; empty where its place is coarsened."},
		{Name: "lat", HXL: "#geo+lat", Type: Number, Required: true, Label: "Lintang",
			ID: "Lintang WGS84, paling banyak enam desimal.", EN: "WGS84 latitude in degrees, at most six decimals."},
		{Name: "lon", HXL: "#geo+lon", Type: Number, Required: true, Label: "Bujur",
			ID: "Bujur WGS84, paling banyak enam desimal.", EN: "WGS84 longitude in degrees, at most six decimals."},
		{Name: "coarse", HXL: "#geo+coarse", Type: Boolean, Required: true, Label: "Lokasi disamarkan",
			ID: "Ya bila titiknya adalah titik kelurahan, bukan titik penerima.", EN: "True if the point is that of the kelurahan and not the recipient's own."},
		{Name: "households", HXL: "#affected+hh", Type: Integer, Required: true, Label: "Jumlah KK",
			ID: "Jumlah kepala keluarga (KK); 0 bila tidak diketahui.", EN: "Number of households; 0 where it is not known."},
		{Name: "people", HXL: "#affected+ind", Type: Integer, Required: true, Label: "Jumlah jiwa",
			ID: "Jumlah jiwa; 0 bila tidak diketahui.", EN: "Number of people; 0 where it is not known."},
		{Name: "programs", HXL: "#activity+code+list", Type: String, Label: "Program",
			ID: "Program yang kebutuhannya tercatat, dipisahkan titik koma.", EN: "Programmes with a listed need, separated by semicolons."},
		{Name: "needs", HXL: "#indicator+needs+num", Type: Integer, Required: true, Label: "Jumlah kebutuhan",
			ID: "Banyaknya baris kebutuhan.", EN: "Number of need lines."},
		{Name: "coverage", HXL: "#indicator+coverage+pct", Type: Number, Label: "Cakupan",
			ID: "Bagian hari-keluarga yang sudah diterima dari yang dibutuhkan, 0 sampai 1; kosong bila tidak ada kebutuhan pangan.",
			EN: "Share of the household-days needed that was received, 0 to 1, rounded down to four decimals; empty where no food is needed."},
		{Name: "commitments_pledged", HXL: "#activity+pledged+num", Type: Integer, Required: true, Label: "Komitmen pernah ada",
			ID: "Banyaknya komitmen yang pernah dibuat.", EN: "Commitments ever pledged."},
		{Name: "commitments_open", HXL: "#activity+open+num", Type: Integer, Required: true, Label: "Komitmen berlaku",
			ID: "Banyaknya komitmen yang berlaku: sedang dijanjikan, disalurkan, atau sudah diterima.", EN: "Commitments that hold: promised, under way or fulfilled."},
		{Name: "flags", HXL: "#status+flag+list", Type: String, Label: "Tanda",
			ID: "Tanda publik, misalnya penerima bansos provinsi, dipisahkan titik koma.", EN: "Public marks such as receiving the province's own aid, separated by semicolons."},
		{Name: "indicators", HXL: "#indicator+list", Type: String, Label: "Indikator",
			ID: "Angka publik tentang penerima sebagai nama=nilai, dipisahkan titik koma.", EN: "Published figures about the recipient as name=value, separated by semicolons."},
		{Name: "closed", HXL: "#status+closed", Type: Boolean, Required: true, Label: "Ditutup",
			ID: "Ya bila tidak menerima komitmen baru.", EN: "True if it takes no new commitment."},
		demoColumn,
	}...),
}

// Public returns the place as it may be shown: where a region decided to
// coarsen a kind of institution, its point becomes the kelurahan's and its
// address is left out. Doing it twice changes nothing.
func Public(p aid.Place, pack *region.Pack) aid.Place {
	if pack.Catalogue().Kinds[p.Recipient.Kind].Coarse {
		kelurahan, _ := pack.Area(p.Recipient.Area.At(area.Kelurahan))
		p.Recipient.Point, p.Recipient.Address = kelurahan.Point, ""
	}
	return p
}

// RecipientRow returns the row of one recipient, as Public shows it.
func RecipientRow(p aid.Place, pack *region.Pack) []any {
	p = Public(p, pack)
	r := p.Recipient
	var programs, flags, indicators []string
	for _, n := range p.Needs {
		if !slices.Contains(programs, string(n.Program)) {
			programs = append(programs, string(n.Program))
		}
	}
	for _, f := range r.Flags {
		flags = append(flags, string(f.ID))
	}
	for _, in := range r.Indicators {
		indicators = append(indicators, fmt.Sprintf("%s=%d", in.ID, in.Value))
	}
	return append(whereCells(r, pack),
		text(r.Address), degrees(r.Point.Lat), degrees(r.Point.Lng), pack.Catalogue().Kinds[r.Kind].Coarse, r.Households, r.People,
		text(strings.Join(programs, ";")), int64(len(p.Needs)), coverage(p, pack), p.Activity.Pledged, p.Activity.Open,
		text(strings.Join(flags, ";")), text(strings.Join(indicators, ";")), r.Closed, r.Demo,
	)
}

func coverage(p aid.Place, pack *region.Pack) any {
	days := tally.Of(p, pack.Catalogue()).MilliHouseholdDays
	if days.Needed <= 0 {
		return nil
	}
	return float64(10_000*days.Received/days.Needed) / 10_000
}

// packageColumns say what kind of aid a line is about.
func packageColumns() []Column {
	return []Column{
		{Name: "program", HXL: "#activity+code", Type: String, Required: true, Label: "Kode program",
			ID: "Kode program KSBB.", EN: "Programme, a slug of the region's list."},
		{Name: "program_name", HXL: "#activity+name", Type: String, Required: true, Label: "Program",
			ID: "Nama program.", EN: "Name of the programme."},
		{Name: "package", HXL: "#item+code", Type: String, Label: "Kode paket",
			ID: "Kode paket bantuan; kosong untuk bantuan bebas di luar kebutuhan yang tercatat.", EN: "Package, a slug of the region's list; empty for free aid outside any listed need."},
		{Name: "package_name", HXL: "#item+name", Type: String, Label: "Paket",
			ID: "Nama paket bantuan.", EN: "Name of the package."},
		{Name: "modality", HXL: "#modality", Type: String, Values: modalities(), Label: "Wujud",
			ID: "Wujud bantuan: barang, uang tunai, pinjaman, pelatihan, atau jasa; kosong untuk bantuan bebas.", EN: "Goods, cash, loan, training or service; empty for free aid."},
		{Name: "form", HXL: "#modality+form", Type: String, Required: true, Values: forms(), Label: "Bentuk nilai",
			ID: "Pemberian (gift), pinjaman (loan), atau bantuan bebas (free); ketiganya tidak pernah dijumlahkan.", EN: "Gift, loan or free aid. The three are never added up with each other."},
		{Name: "unit", HXL: "#item+unit", Type: String, Label: "Satuan",
			ID: "Satuan jumlah.", EN: "What the quantities count."},
	}
}

func packageCells(program aid.ProgramID, id aid.PackageID, unit string, catalogue *aid.Catalogue) []any {
	p := catalogue.Packages[id]
	name := catalogue.Programs[program].Name
	if name == "" {
		name = string(program)
	}
	if id != "" && p.Name == "" {
		p.Name = string(id)
	}
	return []any{
		text(program), text(name), text(id), text(p.Name), text(p.Modality), text(tally.FormOf(id, catalogue)), text(unit),
	}
}

// NeedTable has one row for each need line.
var NeedTable = Table{
	Name: "needs", TitleID: "Kebutuhan", TitleEN: "Needs", Key: []string{"need_id"},
	Refs: []Reference{{Columns: []string{"recipient_id"}, Table: "recipients", To: []string{"recipient_id"}}},
	Columns: slices.Concat(
		[]Column{{Name: "need_id", HXL: "#meta+id+need", Type: String, Required: true, Label: "ID kebutuhan",
			ID: "Tanda pengenal baris kebutuhan: penerima dan paket.", EN: "Identifier of the need line: recipient and package."}},
		whereColumns(), packageColumns(),
		[]Column{
			{Name: "needed", HXL: "#indicator+needed+num", Type: Integer, Required: true, Label: "Dibutuhkan",
				ID: "Satuan yang dibutuhkan.", EN: "Units needed."},
			{Name: "committed", HXL: "#indicator+committed+num", Type: Integer, Required: true, Label: "Dijanjikan",
				ID: "Satuan yang dijanjikan dan belum dilaporkan tersalurkan.", EN: "Units promised and not yet reported as delivered."},
			{Name: "delivered", HXL: "#output+delivered+num", Type: Integer, Required: true, Label: "Dilaporkan",
				ID: "Satuan yang dilaporkan tersalurkan dan belum dikonfirmasi penerima.", EN: "Units reported as delivered and not yet confirmed by the recipient."},
			{Name: "received", HXL: "#output+received+num", Type: Integer, Required: true, Label: "Diterima",
				ID: "Satuan yang dikonfirmasi diterima.", EN: "Units that the recipient confirmed."},
			{Name: "remaining", HXL: "#indicator+remaining+num", Type: Integer, Required: true, Label: "Sisa",
				ID: "Satuan yang belum dijanjikan siapa pun.", EN: "Units that nobody has promised yet."},
			{Name: "needed_value_idr", HXL: "#value+needed+idr", Type: Integer, Required: true, Label: "Nilai kebutuhan (Rp)",
				ID: "Satuan yang dibutuhkan dikalikan harga acuan pada hari konfirmasi, dalam rupiah; 0 bila paket tidak berharga acuan.",
				EN: "Units needed times the reference price on the day of confirmation, in rupiah; 0 for a package without one."},
			{Name: "source", HXL: "#meta+source", Type: String, Label: "Sumber",
				ID: "Siapa yang menilai kebutuhan ini.", EN: "Who assessed the need."},
			{Name: "confirmed_on", HXL: "#date+confirmed", Type: Date, Label: "Dikonfirmasi pada",
				ID: "Hari kebutuhan terakhir dikonfirmasi.", EN: "Day on which the need was last confirmed."},
			{Name: "confirmed_by", HXL: "#org+confirmed", Type: String, Label: "Dikonfirmasi oleh",
				ID: "Jabatan yang mengonfirmasi, tidak pernah nama orang.", EN: "Office that confirmed it, never a person's name."},
			demoColumn,
		},
	),
}

// NeedRows returns one row for each need of a place.
func NeedRows(p aid.Place, pack *region.Pack) [][]any {
	catalogue := pack.Catalogue()
	rows := make([][]any, 0, len(p.Needs))
	for _, n := range p.Needs {
		var value int64
		if price, ok := catalogue.Packages[n.Package].PriceOn(n.ConfirmedOn); ok {
			value = n.Needed * int64(price)
		}
		rows = append(rows, slices.Concat(
			[]any{text(n.ID)}, whereCells(p.Recipient, pack), packageCells(n.Program, n.Package, catalogue.Packages[n.Package].Unit, catalogue),
			[]any{
				n.Needed, n.Committed, n.Delivered, n.Received, n.Remaining(), value,
				text(n.Source), text(n.ConfirmedOn), text(n.ConfirmedBy), p.Recipient.Demo,
			},
		))
	}
	return rows
}

// promiseColumns name the commitment that a row is about.
func promiseColumns() []Column {
	return []Column{
		{Name: "number", HXL: "#meta+id+commitment", Type: String, Required: true, Label: "Nomor komitmen",
			ID: "Nomor komitmen, seperti K-7F3Q-21XA.", EN: "Number of the commitment, such as K-7F3Q-21XA."},
		{Name: "line", HXL: "#meta+line", Type: Integer, Required: true, Label: "Baris",
			ID: "Baris keberapa dari komitmen, mulai dari 1.", EN: "Which line of the commitment, from 1."},
		{Name: "state", HXL: "#status+code", Type: String, Required: true, Values: states(), Label: "Status",
			ID: "Status komitmen.", EN: "State of the commitment."},
		{Name: "class", HXL: "#org+type+funder", Type: String, Required: true, Values: classes(), Label: "Golongan kolaborator",
			ID: "Golongan kolaborator: lembaga sosial, badan usaha, perorangan, komunitas, atau instansi pemerintah.", EN: "Class of the collaborator who gives."},
		{Name: "route", HXL: "#channel", Type: String, Required: true, Values: []string{string(aid.Direct), string(aid.Aggregate)}, Label: "Jalur",
			ID: "Diantar langsung atau lewat mitra penyalur.", EN: "Given directly or through a licensed aggregator."},
		{Name: "aggregator", HXL: "#org+code+impl", Type: String, Label: "Mitra penyalur",
			ID: "Kode mitra penyalur; kosong bila langsung, atau bila komitmennya tidak berlaku lagi.", EN: "Aggregator, a slug of the region's list; empty if direct, or if the commitment no longer holds."},
	}
}

// CommitmentTable has one row for each line of each commitment that was ever
// pledged. Adding up its columns gives the figures of the statistics.
var CommitmentTable = Table{
	Name: "commitments", TitleID: "Komitmen", TitleEN: "Commitments", Key: []string{"recipient_id", "number", "line"},
	Refs: []Reference{{Columns: []string{"recipient_id"}, Table: "recipients", To: []string{"recipient_id"}}},
	Columns: slices.Concat(
		promiseColumns(),
		[]Column{
			{Name: "counted", HXL: "#status+counted", Type: Boolean, Required: true, Label: "Dihitung",
				ID: "Ya bila komitmen berlaku dan masuk jumlah; tidak bila gugur atau dibatalkan.", EN: "True if the commitment holds and stands in totals; false if it lapsed or was withdrawn."},
			{Name: "collaborator", HXL: "#org+name+funder", Type: String, Label: "Kolaborator",
				ID: "Nama yang dipilih kolaborator untuk ditampilkan, atau Hamba Allah; selalu kosong dalam berkas yang dibekukan dan untuk komitmen yang tidak berlaku lagi.",
				EN: "Name that the collaborator chose to show, or Hamba Allah; always empty in frozen files and for commitments that no longer hold."},
		},
		whereColumns(), packageColumns(),
		[]Column{
			{Name: "description", HXL: "#description", Type: String, Label: "Uraian",
				ID: "Uraian bantuan bebas, atau yang diberikan sebagai ganti setara; kosong di mana kolaborator tidak disebut.",
				EN: "What free aid is, or what is given as an equivalent, in the giver's words; empty wherever the collaborator is not named."},
			{Name: "quantity", HXL: "#indicator+promised+num", Type: Integer, Required: true, Label: "Jumlah komitmen",
				ID: "Satuan yang dijanjikan pada awalnya.", EN: "Units promised at first."},
			{Name: "committed", HXL: "#indicator+committed+num", Type: Integer, Required: true, Label: "Dijanjikan",
				ID: "Satuan yang masih dijanjikan, termasuk yang dalam sengketa.", EN: "Units still promised, what is disputed included."},
			{Name: "delivered", HXL: "#output+delivered+num", Type: Integer, Required: true, Label: "Dilaporkan",
				ID: "Satuan yang dilaporkan tersalurkan dan belum dikonfirmasi.", EN: "Units reported as delivered and not yet confirmed."},
			{Name: "received", HXL: "#output+received+num", Type: Integer, Required: true, Label: "Diterima",
				ID: "Satuan yang dikonfirmasi diterima.", EN: "Units that the recipient confirmed."},
			{Name: "disputed", HXL: "#indicator+disputed+num", Type: Integer, Required: true, Label: "Dalam sengketa",
				ID: "Satuan dalam sengketa antara kedua pihak; bagian dari yang dijanjikan.", EN: "Units that the two sides differ about; part of what is committed."},
			{Name: "value_idr", HXL: "#value+promised+idr", Type: Integer, Required: true, Label: "Nilai komitmen (Rp)",
				ID: "Nilai baris ini dalam rupiah: jumlah dikalikan harga acuan hari itu, atau taksiran kolaborator.", EN: "Value of the line in rupiah: quantity times that day's reference price, or the collaborator's estimate."},
			{Name: "committed_value_idr", HXL: "#value+committed+idr", Type: Integer, Required: true, Label: "Nilai dijanjikan (Rp)",
				ID: "Bagian nilai yang masih dijanjikan, dalam rupiah.", EN: "Part of the value still promised, in rupiah."},
			{Name: "delivered_value_idr", HXL: "#value+delivered+idr", Type: Integer, Required: true, Label: "Nilai dilaporkan (Rp)",
				ID: "Bagian nilai yang dilaporkan tersalurkan, dalam rupiah.", EN: "Part of the value reported as delivered, in rupiah."},
			{Name: "received_value_idr", HXL: "#value+received+idr", Type: Integer, Required: true, Label: "Nilai diterima (Rp)",
				ID: "Bagian nilai yang dikonfirmasi diterima, dalam rupiah.", EN: "Part of the value confirmed as received, in rupiah."},
			{Name: "disputed_value_idr", HXL: "#value+disputed+idr", Type: Integer, Required: true, Label: "Nilai dalam sengketa (Rp)",
				ID: "Bagian nilai yang dalam sengketa, dalam rupiah.", EN: "Part of the value in dispute, in rupiah."},
			{Name: "estimated", HXL: "#status+estimated", Type: Boolean, Required: true, Label: "Taksiran",
				ID: "Ya bila nilainya taksiran kolaborator sendiri.", EN: "True if the value is the collaborator's own estimate."},
			{Name: "pledged_at", HXL: "#date+pledged", Type: DateTime, Required: true, Label: "Dijanjikan pada",
				ID: "Saat komitmen berlaku.", EN: "Instant at which the commitment was pledged."},
			{Name: "contacted_at", HXL: "#date+contacted", Type: DateTime, Label: "Dihubungi pada",
				ID: "Saat kedua pihak pertama kali bicara.", EN: "Instant at which the two sides had spoken."},
			{Name: "signed_at", HXL: "#date+signed", Type: DateTime, Label: "Ditandatangani pada",
				ID: "Saat surat pernyataan ditandatangani.", EN: "Instant at which the statement was signed."},
			{Name: "released_at", HXL: "#date+released", Type: DateTime, Label: "Sisa dilepas pada",
				ID: "Saat sisa komitmen dilepas.", EN: "Instant from which no more will be delivered."},
			{Name: "ended_at", HXL: "#date+ended", Type: DateTime, Label: "Berakhir pada",
				ID: "Saat diterima seluruhnya, dibatalkan, atau gugur.", EN: "Instant at which it was received, withdrawn or lapsed."},
			{Name: "reason", HXL: "#status+reason", Type: String, Label: "Alasan",
				ID: "Alasan pembatalan atau pelepasan, dari daftar tetap.", EN: "Reason of a withdrawal or release, from a fixed list."},
			{Name: "period_from", HXL: "#date+start", Type: Date, Label: "Komitmen mulai",
				ID: "Hari pertama masa penyaluran yang dijanjikan.", EN: "First day within which delivery is promised."},
			{Name: "period_to", HXL: "#date+end", Type: Date, Label: "Komitmen sampai",
				ID: "Hari terakhir masa penyaluran yang dijanjikan.", EN: "Last day within which delivery is promised."},
			{Name: "scheduled_on", HXL: "#date+scheduled", Type: Date, Label: "Jadwal",
				ID: "Hari penyaluran yang disepakati kini; kosong di mana kolaborator tidak disebut.", EN: "Day of delivery agreed on now; empty wherever the collaborator is not named."},
			{Name: "fts_status", HXL: "#status+v_fts", Type: String, Values: []string{"pledge", "commitment", "paid"}, Label: "Status FTS",
				ID: "Status yang sepadan di OCHA FTS.", EN: "Corresponding flow status of OCHA FTS."},
			{Name: "iati_transaction_type", HXL: "#status+code+v_iati", Type: String, Values: []string{"12", "2", "3"}, Label: "Transaksi IATI",
				ID: "Kode jenis transaksi IATI yang sepadan, dari sisi pemberi.", EN: "Corresponding IATI transaction type code, as the giver's side reports it."},
			{Name: "threesixtygiving_amount", HXL: "#status+v_360giving", Type: String, Values: []string{"amountAwarded", "amountDisbursed"}, Label: "360Giving",
				ID: "Unsur 360Giving yang sepadan.", EN: "Corresponding amount of the 360Giving standard."},
			demoColumn,
		},
	),
}

// CommitmentRows returns one row for each line of a commitment, and none for
// one that was never pledged. Unless named, no row says who gives, nor what they
// wrote. A commitment that no longer holds never does: its row says what was
// promised, so that what lapses can be counted, and nothing of how it went.
func CommitmentRows(p aid.Place, c aid.Commitment, pack *region.Pack, named bool) [][]any {
	if c.PledgedAt.IsZero() {
		return nil
	}
	rows := make([][]any, 0, len(c.Lines))
	catalogue := pack.Catalogue()
	counted := c.State.Counts()
	named = named && counted
	fts, iati, giving := statusCells(c.State)
	for i, l := range c.Lines {
		n, worth := c.Line(i), c.Worth(i)
		disputed, disputedValue := c.Disputed(i)
		var name, description, scheduled, contacted, signed, released, from, to any
		if named {
			name, scheduled = text(c.DisplayName()), text(c.Schedule.On)
			if description = text(l.Free); l.Equivalent != "" {
				description = text(l.Equivalent)
			}
		}
		if counted {
			contacted, signed, released = instant(c.ContactedAt), instant(c.SignedAt), instant(c.ReleasedAt)
			from, to = text(c.Period.From), text(c.Period.To)
		}
		unit := catalogue.Packages[l.Package].Unit
		if l.Package == "" && named {
			unit = l.Unit // a giver's own word
		}
		rows = append(rows, slices.Concat(
			promiseCells(c, i), []any{counted, name},
			whereCells(p.Recipient, pack), packageCells(c.Program, l.Package, unit, catalogue),
			[]any{
				description, l.Quantity, n.Committed, n.Delivered, n.Received, disputed,
				int64(l.Value), worth.Committed, worth.Delivered, worth.Received, disputedValue, l.Estimated,
				instant(c.PledgedAt), contacted, signed, released, instant(c.EndedAt), text(c.Reason), from, to, scheduled,
				fts, iati, giving, c.Demo || p.Recipient.Demo,
			},
		))
	}
	return rows
}

func promiseCells(c aid.Commitment, line int) []any {
	var aggregator any
	if c.State.Counts() {
		aggregator = text(c.Aggregator)
	}
	return []any{text(c.ID.Number()), int64(line + 1), text(c.State), text(c.Class), text(c.Route), aggregator}
}

// DeliveryTable has one row for each line of each hand-over.
var DeliveryTable = Table{
	Name: "deliveries", TitleID: "Penyaluran", TitleEN: "Deliveries", Key: []string{"recipient_id", "bast_number", "line"},
	Refs: []Reference{
		{Columns: []string{"recipient_id"}, Table: "recipients", To: []string{"recipient_id"}},
		{Columns: []string{"recipient_id", "number", "line"}, Table: "commitments", To: []string{"recipient_id", "number", "line"}},
	},
	Columns: slices.Concat(
		[]Column{{Name: "bast_number", HXL: "#meta+id+handover", Type: String, Required: true, Label: "Nomor BAST",
			ID: "Nomor berita acara serah terima.", EN: "Number of the hand-over record (BAST)."}},
		promiseColumns(), whereColumns(), packageColumns(),
		[]Column{
			{Name: "handed_over_on", HXL: "#date+delivered", Type: Date, Required: true, Label: "Diserahkan pada",
				ID: "Hari penyerahan menurut laporan.", EN: "Day of the hand-over as it was reported."},
			{Name: "reported_at", HXL: "#date+reported", Type: DateTime, Required: true, Label: "Dilaporkan pada",
				ID: "Saat penyaluran dilaporkan.", EN: "Instant at which the delivery was reported."},
			{Name: "reported_by", HXL: "#org+type+reporter", Type: String, Required: true,
				Values: []string{string(aid.Collaborator), string(aid.Steward), string(aid.Officer)}, Label: "Pelapor",
				ID: "Pihak yang melapor; penanggung jawab bila penerimaan mendahului laporan.", EN: "Side that reported; the steward when the receipt came before any report."},
			{Name: "quantity_reported", HXL: "#output+delivered+num", Type: Integer, Required: true, Label: "Jumlah dilaporkan",
				ID: "Satuan yang dilaporkan diserahkan.", EN: "Units reported as handed over."},
			{Name: "answer", HXL: "#status+answer", Type: String, Values: []string{string(aid.Full), string(aid.Fewer), string(aid.None)}, Label: "Jawaban penerima",
				ID: "Jawaban penerima: seluruhnya, kurang, atau tidak diterima; kosong bila belum dijawab.", EN: "Answer of the recipient: full, fewer or none; empty while there is none."},
			{Name: "quantity_received", HXL: "#output+received+num", Type: Integer, Label: "Jumlah diterima",
				ID: "Satuan yang dikonfirmasi diterima; kosong bila belum dijawab.", EN: "Units confirmed as received; empty while there is no answer."},
			{Name: "answered_at", HXL: "#date+received", Type: DateTime, Label: "Dijawab pada",
				ID: "Saat penerima menjawab.", EN: "Instant at which the recipient answered."},
			{Name: "disputed", HXL: "#status+disputed", Type: Boolean, Required: true, Label: "Dalam sengketa",
				ID: "Ya bila kedua pihak berbeda angka dan belum selesai.", EN: "True while the two sides differ about the hand-over."},
			{Name: "settled_at", HXL: "#date+settled", Type: DateTime, Label: "Diselesaikan pada",
				ID: "Saat sengketa selesai.", EN: "Instant at which the dispute was settled."},
			{Name: "value_reported_idr", HXL: "#value+delivered+idr", Type: Integer, Required: true, Label: "Nilai dilaporkan (Rp)",
				ID: "Nilai yang dilaporkan diserahkan, dalam rupiah.", EN: "Value reported as handed over, in rupiah."},
			{Name: "value_received_idr", HXL: "#value+received+idr", Type: Integer, Label: "Nilai diterima (Rp)",
				ID: "Nilai yang dikonfirmasi diterima, dalam rupiah; kosong bila belum dijawab.", EN: "Value confirmed as received, in rupiah; empty while there is no answer."},
			{Name: "iati_transaction_type", HXL: "#status+code+v_iati", Type: String, Required: true, Values: []string{"3"}, Label: "Transaksi IATI",
				ID: "Kode jenis transaksi IATI yang sepadan, dari sisi pemberi.", EN: "Corresponding IATI transaction type code, as the giver's side reports it."},
			demoColumn,
		},
	),
}

// DeliveryRows returns one row for each line of each delivery of a commitment
// that holds.
func DeliveryRows(p aid.Place, c aid.Commitment, pack *region.Pack) [][]any {
	if !c.State.Counts() {
		return nil
	}
	catalogue := pack.Catalogue()
	rows := make([][]any, 0, len(c.Deliveries)*len(c.Lines))
	for _, d := range c.Deliveries {
		for i, l := range c.Lines {
			var received, worth any
			if d.Answer != "" {
				received, worth = d.Received[i], aid.Share(l.Value, d.Received[i], l.Quantity)
			}
			rows = append(rows, slices.Concat(
				[]any{text(d.Number)}, promiseCells(c, i),
				whereCells(p.Recipient, pack), packageCells(c.Program, l.Package, catalogue.Packages[l.Package].Unit, catalogue),
				[]any{
					text(d.On), instant(d.ReportedAt), text(d.ReportedBy), d.Quantities[i],
					text(d.Answer), received, instant(d.AnsweredAt), d.Open(), instant(d.SettledAt),
					aid.Share(l.Value, d.Quantities[i], l.Quantity), worth, iatiDisbursement, c.Demo || p.Recipient.Demo,
				},
			))
		}
	}
	return rows
}

// AreaTable has one row for each area.
var AreaTable = Table{
	Name: "areas", TitleID: "Wilayah", TitleEN: "Areas", Key: []string{"area_code"},
	Columns: slices.Concat(
		[]Column{
			{Name: "area_code", HXL: "#loc+code+v_kemendagri", Type: String, Required: true, Label: "Kode wilayah",
				ID: "Kode Kemendagri wilayah.", EN: "Ministry of Home Affairs code of the area."},
			{Name: "area_name", HXL: "#loc+name", Type: String, Required: true, Label: "Wilayah",
				ID: "Nama wilayah.", EN: "Name of the area."},
			{Name: "level", HXL: "#loc+type", Type: String, Required: true, Values: []string{"provinsi", "kota", "kecamatan", "kelurahan", "rw"}, Label: "Tingkat",
				ID: "Tingkat wilayah.", EN: "Level of the area."},
			{Name: "parent_code", HXL: "#loc+code+parent", Type: String, Label: "Kode wilayah induk",
				ID: "Kode wilayah yang memuatnya; kosong untuk provinsi.", EN: "Code of the area that contains it; empty for a province."},
			{Name: "recipients", HXL: "#indicator+recipients+num", Type: Integer, Label: "Penerima",
				ID: "Banyaknya penerima terdaftar.", EN: "Registered recipients."},
			{Name: "households", HXL: "#affected+hh", Type: Integer, Label: "Jumlah KK",
				ID: "Jumlah KK semua penerima.", EN: "Households of all recipients."},
			{Name: "people", HXL: "#affected+ind", Type: Integer, Label: "Jumlah jiwa",
				ID: "Jumlah jiwa semua penerima.", EN: "People of all recipients."},
			{Name: "recipients_unreached", HXL: "#indicator+unreached+num", Type: Integer, Label: "Belum tersentuh",
				ID: "Penerima dengan kebutuhan yang belum dibawakan apa pun.", EN: "Recipients that need something and were brought nothing yet."},
			{Name: "coverage", HXL: "#indicator+coverage+pct", Type: Number, Label: "Cakupan",
				ID: "Bagian hari-keluarga yang sudah diterima dari yang dibutuhkan, 0 sampai 1.", EN: "Share of the household-days needed that was received, 0 to 1; empty where none are needed."},
			{Name: "household_days", HXL: "#output+hh_days+num", Type: Integer, Label: "Hari-keluarga",
				ID: "Hari-keluarga yang sudah diterima.", EN: "Household-days received."},
			{Name: "received_per_1000_households_idr", HXL: "#value+received+per_hh+idr", Type: Integer, Label: "Diterima per 1.000 KK (Rp)",
				ID: "Nilai pemberian dan bantuan bebas yang diterima per 1.000 KK, dalam rupiah.", EN: "Value of gifts and free aid received for each 1,000 households, in rupiah; empty where no household is known."},
			{Name: "collaborators", HXL: "#org+funder+num", Type: Integer, Label: "Kolaborator",
				ID: "Banyaknya kolaborator berbeda.", EN: "Different collaborators."},
			{Name: "collaborators_estimated", HXL: "#org+funder+estimated", Type: Boolean, Label: "Kolaborator taksiran",
				ID: "Ya bila banyaknya kolaborator adalah taksiran (di atas 10.000).", EN: "True if the number of collaborators is an estimate (above 10,000)."},
			{Name: "commitments_pledged", HXL: "#activity+pledged+num", Type: Integer, Required: true, Label: "Komitmen pernah ada",
				ID: "Komitmen yang pernah dibuat.", EN: "Commitments ever pledged."},
			{Name: "commitments_holding", HXL: "#activity+open+num", Type: Integer, Required: true, Label: "Komitmen berlaku",
				ID: "Komitmen yang berlaku.", EN: "Commitments that hold now or were fulfilled."},
			{Name: "commitments_delivered", HXL: "#activity+delivered+num", Type: Integer, Required: true, Label: "Komitmen dilaporkan",
				ID: "Komitmen yang dilaporkan tersalurkan dan belum seluruhnya dikonfirmasi.", EN: "Commitments reported as delivered and not fully confirmed."},
			{Name: "commitments_received", HXL: "#activity+received+num", Type: Integer, Required: true, Label: "Komitmen diterima",
				ID: "Komitmen yang diterima.", EN: "Commitments received."},
			{Name: "commitments_disputed", HXL: "#activity+disputed+num", Type: Integer, Required: true, Label: "Komitmen dalam sengketa",
				ID: "Komitmen dalam sengketa.", EN: "Commitments in dispute."},
			{Name: "commitments_lapsed", HXL: "#activity+lapsed+num", Type: Integer, Required: true, Label: "Komitmen gugur",
				ID: "Komitmen yang gugur karena tidak ada kontak tepat waktu.", EN: "Commitments that lapsed without contact in time."},
			{Name: "commitments_withdrawn", HXL: "#activity+withdrawn+num", Type: Integer, Required: true, Label: "Komitmen dibatalkan",
				ID: "Komitmen yang dibatalkan.", EN: "Commitments withdrawn."},
		},
		standColumns("gift", "Pemberian", "gifts"), standColumns("loan", "Pinjaman", "loans"), standColumns("free", "Bantuan bebas", "free aid"),
	),
}

// standColumns name how the value of one form stands. Nobody lists a need for
// free aid.
func standColumns(form, label, words string) []Column {
	var columns []Column
	for _, s := range []struct{ name, label, id, en string }{
		{"needed", "dibutuhkan", "dibutuhkan", "needed"},
		{"committed", "dijanjikan", "dijanjikan dan belum dilaporkan tersalurkan", "promised and not yet reported as delivered"},
		{"delivered", "dilaporkan", "dilaporkan tersalurkan dan belum dikonfirmasi", "reported as delivered and not yet confirmed"},
		{"received", "diterima", "dikonfirmasi diterima", "confirmed as received"},
		{"disputed", "dalam sengketa", "dalam sengketa; bagian dari yang dijanjikan", "in dispute; part of what is promised"},
		{"lapsed", "gugur", "gugur", "lapsed"},
		{"withdrawn", "dibatalkan", "dibatalkan", "withdrawn"},
	} {
		if form == string(tally.FormFree) && s.name == "needed" {
			continue
		}
		columns = append(columns, Column{
			Name: form + "_" + s.name + "_idr", HXL: "#value+" + form + "+" + s.name + "+idr", Type: Integer, Required: true,
			Label: label + " " + s.label + " (Rp)",
			ID:    "Nilai " + strings.ToLower(label) + " yang " + s.id + ", dalam rupiah.", EN: "Value of " + words + " " + s.en + ", in rupiah.",
		})
	}
	return columns
}

// AreaRow returns the row of one area.
func AreaRow(code area.Code, name string, r tally.Row) []any {
	row := []any{text(code), text(name), text(code.Level().String()), text(code.Parent())}
	if g := r.Place; g != nil {
		row = append(row, g.Recipients, g.Households, g.People, g.Unreached, known(g.Coverage, func(n int64) any { return float64(n) / 10_000 }),
			g.HouseholdDays, known(g.PerThousand, func(n int64) any { return n }))
	} else {
		row = append(row, nil, nil, nil, nil, nil, nil, nil)
	}
	if n := r.Collaborators; n != nil {
		row = append(row, n.N, n.Estimated)
	} else {
		row = append(row, nil, nil)
	}
	n := r.Commitments
	row = append(row, n.Pledged, n.Holding, n.Delivered, n.Received, n.Disputed, n.Lapsed, n.Withdrawn)
	row = append(row, standCells(r.Gift)...)
	row = append(row, standCells(r.Loan)...)
	return append(row, standCells(r.Free)[1:]...)
}

func standCells(s tally.Stand) []any {
	return []any{s.Needed, s.Committed, s.Delivered, s.Received, s.Disputed, s.Lapsed, s.Withdrawn}
}

// known returns the cell of a figure, and nil for -1, which says that there is
// none.
func known(n int64, cell func(int64) any) any {
	if n < 0 {
		return nil
	}
	return cell(n)
}

// CorrectionTable has one row for each recorded correction.
var CorrectionTable = Table{
	Name: "corrections", TitleID: "Koreksi", TitleEN: "Corrections",
	Columns: []Column{
		{Name: "leaf", HXL: "#loc+code", Type: String, Required: true, Label: "Bagian peta",
			ID: "Bagian peta yang dikoreksi: kode wilayah dan kelompok penerima.", EN: "Piece of the map that was corrected: area code and group of recipients."},
		{Name: "recorded_at", HXL: "#date+reported", Type: DateTime, Required: true, Label: "Dicatat pada",
			ID: "Saat koreksi dicatat.", EN: "Instant at which the correction was recorded."},
		{Name: "reason", HXL: "#description", Type: String, Required: true, Label: "Alasan",
			ID: "Alasan koreksi.", EN: "Reason of the correction."},
		{Name: "recorded_by", HXL: "#org+name", Type: String, Required: true, Label: "Dicatat oleh",
			ID: "Jabatan yang bertanggung jawab, tidak pernah nama orang.", EN: "Office that answers for it, never a person's name."},
	},
}

// CorrectionRow returns the row of one correction.
func CorrectionRow(c Correction) []any {
	return []any{text(c.Leaf), instant(c.On), text(c.Reason), text(c.By)}
}

// text returns a cell of a text; nothing and the empty text are the same.
func text[S ~string](s S) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// instant returns a cell of an instant to the second, nil for one that never
// came.
func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// degrees rounds to six decimals, a decimetre, as everywhere on the map.
func degrees(v float64) float64 {
	v = math.Round(v*1e6) / 1e6
	if v == 0 {
		return 0 // never -0
	}
	return v
}

func texts[S ~string](all []S) []string {
	out := make([]string, 0, len(all))
	for _, s := range all {
		out = append(out, string(s))
	}
	return out
}

func modalities() []string {
	return texts([]aid.Modality{aid.Goods, aid.Cash, aid.Loan, aid.Training, aid.Service})
}

func forms() []string   { return texts(tally.Forms) }
func classes() []string { return texts(aid.Classes) }

// states lists those that a published commitment can be in.
func states() []string {
	return texts(slices.DeleteFunc(slices.Clone(aid.States), func(s aid.State) bool { return s == aid.Submitted || s == aid.Dropped }))
}
