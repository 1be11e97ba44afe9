package report

import (
	"ksbb/shared/aid"
	"ksbb/shared/tally"
)

// StateMapping says what a state of a commitment corresponds to in the
// standards by which aid is reported elsewhere. The columns of the commitments
// table are made from it. An empty field says that there is nothing there: who
// reports to that standard leaves the commitment out.
type StateMapping struct {
	State aid.State `json:"state"`
	// FTS is the flow status of the Financial Tracking Service of OCHA.
	FTS string `json:"fts"`
	// IATI is the code of the IATI transaction type (version 2.03) as the giver's
	// side reports it, IATIIncoming as the receiving side does.
	IATI         string `json:"iati"`
	IATIIncoming string `json:"iatiIncoming"`
	// ThreeSixtyGiving is the amount of the 360Giving standard that the value of
	// the line belongs in.
	ThreeSixtyGiving string `json:"threeSixtyGiving"`
	ID               string `json:"id"` // why, in Indonesian
	EN               string `json:"en"`
}

// FormMapping says what a form of value corresponds to.
type FormMapping struct {
	Form tally.Form `json:"form"`
	// IATIFinance is the code of the IATI finance type.
	IATIFinance string `json:"iatiFinance"`
	ID          string `json:"id"`
	EN          string `json:"en"`
}

// Codes of IATI's TransactionType.
const (
	iatiPledge       = "12"
	iatiPledgeIn     = "13"
	iatiCommitment   = "2"
	iatiCommitmentIn = "11"
	iatiDisbursement = "3"
	iatiFundsIn      = "1"
)

// Mapping returns how each state is told in other standards, in the order of a
// commitment's life.
//
// The line between a pledge and a commitment is the signature: FTS calls a
// pledge what is announced and does not bind, a commitment what is agreed on in
// writing, paid what was handed over, goods included. The platform holds no
// money, so every flow runs from the collaborator to the recipient, and through
// an aggregator it is still one flow.
func Mapping() []StateMapping {
	pledge := func(s aid.State, id, en string) StateMapping {
		return StateMapping{State: s, FTS: "pledge", IATI: iatiPledge, IATIIncoming: iatiPledgeIn, ID: id, EN: en}
	}
	return []StateMapping{
		pledge(aid.Pledged, "Diumumkan dan belum mengikat: belum ada surat pernyataan.", "Announced and not binding: no statement is signed."),
		pledge(aid.Contacted, "Kedua pihak sudah bicara, belum ada surat pernyataan.", "The two sides have spoken; no statement is signed."),
		pledge(aid.Scheduled, "Hari penyaluran disepakati, belum ada surat pernyataan.", "A day is agreed on; no statement is signed."),
		{State: aid.Signed, FTS: "commitment", IATI: iatiCommitment, IATIIncoming: iatiCommitmentIn, ThreeSixtyGiving: "amountAwarded",
			ID: "Surat pernyataan ditandatangani: kewajiban tertulis atas jumlah dan syarat tertentu.",
			EN: "The statement is signed: a written obligation about a given quantity on given terms."},
		{State: aid.Delivered, FTS: "paid", IATI: iatiDisbursement, IATIIncoming: iatiCommitmentIn, ThreeSixtyGiving: "amountDisbursed",
			ID: "Pemberi melaporkan penyerahan; penerima belum mengonfirmasi seluruhnya. Yang hanya mau angka terkonfirmasi mengambil status received.",
			EN: "The giver reports the hand-over and the recipient has not confirmed all of it. Who wants confirmed figures only takes the state received."},
		{State: aid.Disputed, FTS: "commitment", IATI: iatiCommitment, IATIIncoming: iatiCommitmentIn, ThreeSixtyGiving: "amountAwarded",
			ID: "Kedua pihak berbeda angka: sampai selesai hanya angka terendah yang dihitung diterima.",
			EN: "The two sides differ: until it is settled only the lower figure counts as received."},
		{State: aid.Received, FTS: "paid", IATI: iatiDisbursement, IATIIncoming: iatiFundsIn, ThreeSixtyGiving: "amountDisbursed",
			ID: "Penerima mengonfirmasi.", EN: "The recipient confirmed."},
		{State: aid.Lapsed,
			ID: "Gugur karena tidak ada kontak tepat waktu: komitmen yang tidak jadi tidak dilaporkan; yang sudah dilaporkan dibatalkan dengan nilai negatif di IATI.",
			EN: "Lapsed without contact in time: what came to nothing is not reported; what was reported is taken back by a negative value in IATI."},
		{State: aid.Withdrawn,
			ID: "Dibatalkan sebelum apa pun disalurkan: diperlakukan seperti yang gugur.", EN: "Withdrawn before anything was delivered: as what lapsed."},
	}
}

// FormMappings returns how each form of value is told in other standards.
func FormMappings() []FormMapping {
	return []FormMapping{
		{Form: tally.FormGift, IATIFinance: "110", ID: "Hibah; nilai barang menurut harga acuan.", EN: "Standard grant; goods are valued at the reference price."},
		{Form: tally.FormLoan, IATIFinance: "421", ID: "Pinjaman, tidak pernah dijumlahkan dengan hibah.", EN: "Standard loan, never added to grants."},
		{Form: tally.FormFree, IATIFinance: "110", ID: "Hibah dalam bentuk lain; nilainya taksiran pemberi sendiri.", EN: "Standard grant in kind, by the giver's own estimate."},
	}
}

var mapped = func() map[aid.State]StateMapping {
	all := map[aid.State]StateMapping{}
	for _, m := range Mapping() {
		all[m.State] = m
	}
	return all
}()

func statusCells(s aid.State) (fts, iati, threeSixtyGiving any) {
	m := mapped[s]
	return text(m.FTS), text(m.IATI), text(m.ThreeSixtyGiving)
}
