package report

import (
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
)

// OfficeTables lists the tables that offices take along from the console. They
// are never published: the first says where coarsened institutions are, the last
// two speak of members of staff. None holds a contact, or what a complaint says.
var OfficeTables = []Table{OfficeRecipientTable, NeedTable, CommitmentTable, ComplaintTable, AggregatorTable, AuditTable, OfficerTable}

// OfficeRecipientTable is [RecipientTable] as an office keeps it: where each
// recipient really is, and who answers for it.
var OfficeRecipientTable = Table{
	Name: RecipientTable.Name, TitleID: RecipientTable.TitleID, TitleEN: RecipientTable.TitleEN, Key: RecipientTable.Key,
	Columns: slices.Concat(RecipientTable.Columns, []Column{
		{Name: "steward_name", HXL: "#contact+name", Type: String, Label: "Penanggung jawab",
			ID: "Nama penanggung jawab, sebagaimana tampil untuk umum.", EN: "Name of the person in charge, as everybody sees it."},
		{Name: "merged_into", HXL: "#loc+code+merged", Type: String, Label: "Digabung ke",
			ID: "Penerima lain yang ternyata sama; kosong bila tidak digabung.", EN: "The recipient that it turned out to be; empty for all others."},
		{Name: "version", HXL: "#meta+version", Type: Integer, Required: true, Label: "Versi",
			ID: "Naik satu setiap kali kantor mengubahnya.", EN: "Rises by one with each change that an office makes."},
	}),
}

// OfficeRecipientRow returns the row of one recipient.
func OfficeRecipientRow(p aid.Place, pack *region.Pack) []any {
	row := RecipientRow(p, pack)
	row[RecipientTable.Column("address")] = text(p.Recipient.Address)
	row[RecipientTable.Column("lat")], row[RecipientTable.Column("lon")] = degrees(p.Recipient.Point.Lat), degrees(p.Recipient.Point.Lng)
	return append(row, text(p.Recipient.Steward), text(p.Recipient.Into), p.Recipient.Version())
}

// ComplaintTable has one row for each complaint, without what was written and by
// whom.
var ComplaintTable = Table{
	Name: "complaints", TitleID: "Aduan", TitleEN: "Complaints", Key: []string{"ticket"},
	Columns: []Column{
		{Name: "ticket", HXL: "#meta+id", Type: String, Required: true, Label: "Tiket", ID: "Nomor tiket aduan.", EN: "Number of the ticket."},
		{Name: "class", HXL: "#cause", Type: String, Required: true, Label: "Jenis", ID: "Jenis aduan.", EN: "What it is about."},
		{Name: "state", HXL: "#status", Type: String, Required: true, Label: "Keadaan", ID: "Keadaan aduan.", EN: "Where it stands."},
		{Name: "desk", HXL: "#org+role", Type: String, Required: true, Label: "Meja", ID: "Peran yang menanganinya.", EN: "Role that handles it."},
		{Name: "desk_area", HXL: "#adm+code+desk", Type: String, Label: "Wilayah meja", ID: "Wilayah meja itu; kosong untuk seluruh wilayah.", EN: "Area of that desk; empty for the whole region."},
		{Name: "area_code", HXL: "#adm+code+v_kemendagri", Type: String, Label: "Kode wilayah", ID: "Kelurahan tempat kejadian, bila disebut.", EN: "Kelurahan in which it happened, if anybody said."},
		{Name: "area_name", HXL: "#adm+name", Type: String, Label: "Wilayah", ID: "Nama wilayah itu.", EN: "Name of that area."},
		{Name: "commitment", HXL: "#activity+number", Type: String, Label: "Komitmen", ID: "Nomor komitmen yang disebut.", EN: "Number of the commitment that it names."},
		{Name: "received_at", HXL: "#date+received", Type: DateTime, Required: true, Label: "Diterima", ID: "Saat diterima.", EN: "Instant at which it came."},
		{Name: "due_by", HXL: "#date+due", Type: DateTime, Required: true, Label: "Tenggat", ID: "Tenggat jawaban.", EN: "Instant by which an answer is promised."},
		{Name: "assigned_at", HXL: "#date+assigned", Type: DateTime, Label: "Ditugaskan", ID: "Saat ditugaskan.", EN: "Instant at which somebody took it."},
		{Name: "answered_at", HXL: "#date+answered", Type: DateTime, Label: "Dijawab", ID: "Saat jawaban terakhir; kosong selama menunggu jawaban.", EN: "Instant of the last answer; empty while one is owed."},
		{Name: "escalated_at", HXL: "#date+escalated", Type: DateTime, Label: "Dinaikkan", ID: "Tenggat yang terlewat terakhir.", EN: "The deadline that passed last."},
		{Name: "closed_at", HXL: "#date+closed", Type: DateTime, Label: "Ditutup", ID: "Saat ditutup.", EN: "Instant at which it was closed."},
		{Name: "outcome", HXL: "#status+outcome", Type: String, Label: "Hasil", ID: "Hasil aduan.", EN: "What came of it."},
		{Name: "messages", HXL: "#meta+messages+num", Type: Integer, Required: true, Label: "Pesan", ID: "Banyaknya pesan.", EN: "How often somebody wrote."},
	},
}

// ComplaintRow returns the row of one complaint.
func ComplaintRow(c aid.Complaint, pack *region.Pack) []any {
	desk := c.Desk()
	return []any{
		text(c.ID.Ticket()), text(c.Class), text(c.State), text(desk.Role), text(desk.Area), text(c.Area), text(nameOf(c.Area, pack)), text(c.About.Commitment),
		instant(c.ReceivedAt), instant(c.DueBy), instant(c.AssignedAt), instant(c.AnsweredAt), instant(c.EscalatedAt), instant(c.ClosedAt), text(c.Outcome), int64(len(c.Messages)),
	}
}

func nameOf(code area.Code, pack *region.Pack) string {
	if code == "" {
		return ""
	}
	return pack.AreaName(code)
}

// AggregatorTable has one row for each aggregator with its permit.
var AggregatorTable = Table{
	Name: "aggregators", TitleID: "Mitra penyalur", TitleEN: "Aggregators", Key: []string{"aggregator"},
	Columns: []Column{
		{Name: "aggregator", HXL: "#org+code", Type: String, Required: true, Label: "Kode", ID: "Tanda pengenal mitra.", EN: "Identifier of the aggregator."},
		{Name: "aggregator_name", HXL: "#org+name", Type: String, Required: true, Label: "Mitra", ID: "Nama mitra.", EN: "Name of the aggregator."},
		{Name: "permit_number", HXL: "#org+permit", Type: String, Label: "Nomor izin", ID: "Nomor izin.", EN: "Number of its permit."},
		{Name: "permit_until", HXL: "#date+permit+end", Type: Date, Label: "Berlaku sampai", ID: "Hari terakhir izin.", EN: "Last day of the permit."},
		{Name: "permit_revoked", HXL: "#date+permit+revoked", Type: Date, Label: "Dicabut", ID: "Hari izin dicabut; kosong selama berlaku.", EN: "Day on which it was revoked; empty while in force."},
		{Name: "takes", HXL: "#status+takes", Type: Boolean, Required: true, Label: "Menerima komitmen", ID: "Ya bila hari ini dapat menerima komitmen baru.", EN: "True if it takes new commitments today."},
		{Name: "frozen_at", HXL: "#date+frozen", Type: DateTime, Label: "Dibekukan", ID: "Saat dibekukan oleh kantor.", EN: "Instant since which the office lets it take nothing new."},
		{Name: "operating_share", HXL: "#value+share", Type: Number, Label: "Bagian operasional (%)", ID: "Bagian operasional yang dinyatakan, dalam persen.", EN: "Share for its own work that it declares, in per cent."},
	},
}

// AggregatorRow returns the row of one aggregator on a day.
func AggregatorRow(a region.Aggregator, today aid.Day) []any {
	var share any
	if a.OperatingShare != nil {
		share = *a.OperatingShare
	}
	return []any{
		text(a.ID), text(a.Name), text(a.Permit.Number), text(a.Permit.Until), text(a.Permit.Revoked), a.Refuses(today, today) == "", instant(a.Frozen), share,
	}
}

// AuditTable has one row for each act of a member of staff.
var AuditTable = Table{
	Name: "audit", TitleID: "Jejak", TitleEN: "Audit trail", Key: []string{"act"},
	Columns: []Column{
		{Name: "act", HXL: "#meta+id", Type: String, Required: true, Label: "Catatan", ID: "Tanda pengenal catatan.", EN: "Identifier of the record."},
		{Name: "at", HXL: "#date", Type: DateTime, Required: true, Label: "Saat", ID: "Saat tindakan.", EN: "Instant of the act."},
		{Name: "officer", HXL: "#contact+code", Type: String, Required: true, Label: "Kode petugas", ID: "Tanda pengenal petugas.", EN: "Identifier of the member of staff."},
		{Name: "officer_name", HXL: "#contact+name", Type: String, Label: "Petugas", ID: "Nama petugas.", EN: "Name of the member of staff."},
		{Name: "role", HXL: "#org+role", Type: String, Required: true, Label: "Peran", ID: "Peran petugas saat itu.", EN: "Role in which it was done."},
		{Name: "deed", HXL: "#activity+deed", Type: String, Required: true, Label: "Wewenang", ID: "Wewenang yang dipakai.", EN: "What kind of deed it was."},
		{Name: "action", HXL: "#activity+action", Type: String, Required: true, Label: "Tindakan", ID: "Yang dilakukan.", EN: "What was done."},
		{Name: "object", HXL: "#meta+object", Type: String, Required: true, Label: "Objek", ID: "Terhadap apa.", EN: "To what."},
		{Name: "area_code", HXL: "#adm+code+v_kemendagri", Type: String, Label: "Kode wilayah", ID: "Di mana; kosong untuk seluruh wilayah.", EN: "Where; empty for the whole region."},
		{Name: "before", HXL: "#meta+before", Type: String, Label: "Sebelum", ID: "Keadaan sebelumnya.", EN: "What was there before."},
		{Name: "after", HXL: "#meta+after", Type: String, Label: "Sesudah", ID: "Keadaan sesudahnya.", EN: "What was there after it."},
		{Name: "reason", HXL: "#description+reason", Type: String, Label: "Alasan", ID: "Alasan petugas.", EN: "Why, in the words of the member of staff."},
	},
}

// Act is what a row of [AuditTable] says.
type Act struct {
	ID, By, Name, Role, Deed, Action, Object string
	Area                                     area.Code
	Before, After, Reason                    string
	At                                       time.Time
}

// AuditRow returns the row of one act.
func AuditRow(a Act) []any {
	return []any{
		text(a.ID), instant(a.At), text(a.By), text(a.Name), text(a.Role), text(a.Deed), text(a.Action), text(a.Object), text(a.Area), text(a.Before), text(a.After), text(a.Reason),
	}
}

// OfficerTable has one row for each account.
var OfficerTable = Table{
	Name: "officers", TitleID: "Petugas", TitleEN: "Officers", Key: []string{"officer"},
	Columns: []Column{
		{Name: "officer", HXL: "#contact+code", Type: String, Required: true, Label: "Kode petugas", ID: "Tanda pengenal petugas.", EN: "Identifier of the member of staff."},
		{Name: "officer_name", HXL: "#contact+name", Type: String, Label: "Nama", ID: "Nama petugas.", EN: "Name of the member of staff."},
		{Name: "role", HXL: "#org+role", Type: String, Required: true, Label: "Peran", ID: "Peran petugas.", EN: "Role of the member of staff."},
		{Name: "areas", HXL: "#adm+code+list", Type: String, Label: "Wilayah", ID: "Wilayah tugas, dipisahkan titik koma; kosong untuk seluruh wilayah.", EN: "Areas that they are limited to, separated by semicolons; empty for the whole region."},
		{Name: "aggregator", HXL: "#org+code", Type: String, Label: "Mitra", ID: "Mitra penyalur petugas itu.", EN: "Aggregator of the member of staff."},
		{Name: "suspended", HXL: "#status+suspended", Type: Boolean, Required: true, Label: "Dihentikan", ID: "Ya bila tidak dapat masuk.", EN: "True if they cannot get in."},
		{Name: "changed_at", HXL: "#date+changed", Type: DateTime, Label: "Diubah", ID: "Saat terakhir diubah.", EN: "Instant of the last change."},
	},
}

// OfficerRow returns the row of one account.
func OfficerRow(a aid.Account) []any {
	return []any{
		text(a.ID), text(a.Name), text(a.Role), text(strings.Join(texts(a.Areas), ";")), text(a.Aggregator), a.Suspended, instant(a.ChangedAt),
	}
}
