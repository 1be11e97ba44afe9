package tabletest

import (
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/table"
)

// The smallest region in which every rule of the store can be tried: one
// kecamatan with an RW and a panti, and a workshop whose group has its leaves by
// kelurahan. All of it is invented.
const (
	RW       = aid.RecipientID("31.74.01.1001.003")
	Panti    = aid.RecipientID("31.74.01.1001-panti-1")
	Workshop = aid.RecipientID("31.74.01.1002-umkm-7")
)

// The leaves of that region.
var (
	Leaf         = aid.Leaf{Area: "31.74.01", Group: "wilayah"}
	WorkshopLeaf = aid.Leaf{Area: "31.74.01.1002", Group: "umkm"}
)

// Noon is when everything happens, give or take.
var Noon = time.Date(2026, 3, 2, 5, 0, 0, 123e6, time.UTC)

// Today is the day of Noon.
const Today = aid.Day("2026-03-02")

// Catalogue returns what that region offers.
func Catalogue() *aid.Catalogue {
	return &aid.Catalogue{
		Programs: map[aid.ProgramID]aid.Program{"pangan": {ID: "pangan", Name: "Pangan", Running: true}},
		Packages: map[aid.PackageID]aid.Package{
			"sembako": {ID: "sembako", Program: "pangan", Name: "Sembako", Unit: "paket", Equivalents: true, Prices: []aid.Price{{From: "2020-01-01", Amount: 200_000}}},
			"lebaran": {ID: "lebaran", Program: "pangan", Name: "Lebaran", Unit: "paket", Prices: []aid.Price{{From: "2020-01-01", Amount: 85_000}}},
		},
		Kinds: map[aid.KindID]aid.Kind{
			"rw":    {ID: "rw", Name: "RW", Group: "wilayah"},
			"panti": {ID: "panti", Name: "Panti", Group: "wilayah", Institution: true},
			"umkm":  {ID: "umkm", Name: "UMKM", Group: "umkm"},
		},
		Groups: map[aid.GroupID]aid.Group{
			"wilayah": {ID: "wilayah", Level: area.Kecamatan},
			"umkm":    {ID: "umkm", Level: area.Kelurahan},
		},
		Limits: Limits(),
		Zone:   time.FixedZone("WIB", 7*60*60),
	}
}

// Limits returns that region's numbers.
func Limits() aid.Limits {
	return aid.Limits{
		VerifyHours: 24, ContactHours: 48, NudgeHours: [2]int{24, 40}, MaxLeadDays: 90, MaxPeriodDays: 90, CodeTries: 5,
		RevealsContact: 2, RevealsRecipient: 5, RevealsNetwork: 5, RevealsRegionMin: 10,
	}
}

// Listings returns the recipients of that region, nothing promised yet: the RW
// needs 100 sembako and 40 lebaran, the panti 10 sembako, the workshop nothing.
func Listings() []aid.Listing {
	need := func(r aid.RecipientID, p aid.PackageID, needed int64) aid.Need {
		return aid.Need{
			ID: aid.NeedOf(r, p), Recipient: r, Program: "pangan", Package: p, Needed: needed,
			Source: "kelurahan", ConfirmedOn: Today, ConfirmedBy: "ketua RW",
		}
	}
	return []aid.Listing{
		{
			Recipient: aid.Recipient{
				ID: RW, Name: "RW 003 Contoh", Kind: "rw", Area: "31.74.01.1001.003", Point: aid.Point{Lng: 106.8456123, Lat: -6.2087654},
				Households: 420, People: 1650, Steward: "Ibu Contoh", Address: "Jl. Contoh 3", Demo: true,
				Flags:      []aid.Flag{{ID: "bansos", On: Today, Source: "dinas"}},
				Indicators: []aid.Indicator{{ID: "positif", Value: 3, On: Today, Source: "dinkes"}, {ID: "odp", On: Today, Source: "dinkes"}},
			},
			Needs:    []aid.Need{need(RW, "sembako", 100), need(RW, "lebaran", 40)},
			Steward:  aid.Contact{Name: "Ibu Contoh", Email: "rw003@contoh.example", Phone: "+620000000003"},
			Activity: aid.Activity{UpdatedAt: Noon.AddDate(0, 0, -1)},
		},
		{
			Recipient: aid.Recipient{ID: Panti, Name: "Panti Contoh", Kind: "panti", Area: "31.74.01.1001", Point: aid.Point{Lng: 106.9, Lat: -6.1}, People: 60, Closed: true},
			Needs:     []aid.Need{need(Panti, "sembako", 10)},
			Steward:   aid.Contact{Name: "Pak Contoh", Phone: "+620000000001"},
		},
		{
			Recipient: aid.Recipient{ID: Workshop, Name: "Bengkel Contoh", Kind: "umkm", Area: "31.74.01.1002", Point: aid.Point{Lng: 106.95, Lat: -6.15}},
			Steward:   aid.Contact{Name: "Bu Contoh", Phone: "+620000000007"},
		},
	}
}

// CommitmentID returns the nth of as many identifiers as a test needs.
func CommitmentID(n int) aid.CommitmentID {
	return aid.CommitmentID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", n))
}

// Units is a line of so many units of a package at the RW.
func Units(p aid.PackageID, quantity int64) aid.Line {
	return aid.Line{Need: aid.NeedOf(RW, p), Package: p, Quantity: quantity, Unit: "paket", Value: aid.Rupiah(quantity) * 200_000}
}

// Gift is a line outside any need.
func Gift(value aid.Rupiah) aid.Line {
	return aid.Line{Free: "selimut", Quantity: 5, Unit: "helai", Value: value, Estimated: true}
}

// Submission returns the nth submission, for the RW, with everything that a
// real one has.
func Submission(n int, lines ...aid.Line) table.Submission {
	id := CommitmentID(n)
	return table.Submission{
		Commitment: aid.Commitment{
			ID: id, Recipient: RW, Leaf: Leaf, Program: "pangan", Lines: lines, Period: aid.Period{From: "2026-03-05", To: "2026-03-06"},
			Route: aid.Direct, Name: "PT Contoh", Salt: fmt.Sprintf("salt-%d", n), Class: aid.Business, Collaborator: aid.CollaboratorID(fmt.Sprintf("collaborator-%d", n)),
			State: aid.Submitted, Version: 1, SubmittedAt: Noon, VerifyBy: Noon.Add(24 * time.Hour), DueAt: Noon.Add(24 * time.Hour),
		},
		Credential: aid.Credential{
			Commitment: id, Recipient: RW,
			Contact:   aid.Contact{Name: "Budi Contoh", Email: fmt.Sprintf("budi%d@contoh.example", n), Phone: "+620000000100"},
			Statement: aid.Statement{SignedBy: "Budi Contoh", At: Noon}, Language: "id", SecretVersion: 1,
			SecretHash: aid.Hash(fmt.Sprint("secret", n)), CodeHash: aid.Hash(fmt.Sprint("code", n)),
		},
		Fingerprint: fmt.Sprintf("fingerprint-%d", n), ChallengeID: fmt.Sprintf("challenge-%d", n), ChallengeExpires: Noon.Add(10 * time.Minute),
	}
}

// Balance tells what is wrong with a place when its commitments are all that
// ever was promised to it: each need's figures must hold and be the sum of what
// its commitments hold, and so must its activity.
func Balance(p aid.Place, commitments []aid.Commitment) error {
	needs, activity := aid.Untrue(p, commitments)
	s := aid.StandingOf(commitments)
	for _, n := range p.Needs {
		if slices.Contains(needs, n.ID) {
			return fmt.Errorf("need %s says %+v, its commitments hold %+v", n.ID, n, s.Needs[n.ID])
		}
	}
	if activity {
		return fmt.Errorf("activity of %s says %+v, its commitments %+v", p.Recipient.ID, p.Activity, s)
	}
	if !slices.IsSortedFunc(p.Needs, func(a, b aid.Need) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	}) {
		return fmt.Errorf("needs of %s are out of order", p.Recipient.ID)
	}
	return nil
}
