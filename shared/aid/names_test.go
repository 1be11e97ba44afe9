package aid

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// How people write the number of the hand-over of someID.
func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	number, bast := someID.Number(), someID.BAST(2)
	bare := strings.TrimPrefix(number, "K-")
	for _, typed := range []string{
		string(bast), strings.ToLower(string(bast)), " " + string(bast) + " ", strings.ReplaceAll(string(bast), "-", " "), bare + "-2", "bast." + bare + ".2",
	} {
		gotBAST, gotNumber, err := ParseBAST(typed)
		if err != nil || gotBAST != bast || gotNumber != number {
			t.Errorf("ParseBAST(%q) = %s, %s, %v; want %s, %s", typed, gotBAST, gotNumber, err, bast, number)
		}
	}
	for _, typed := range []string{"", "BAST", "BAST-1", string(bast[:len(bast)-2]), bare + "-0", bare + "-1.5", bare + "-21", bare + "-x", "BAST-UUUU-UUUU-1", bare + "0-1"} {
		if got, _, err := ParseBAST(typed); !errors.Is(err, ErrNotFound) {
			t.Errorf("ParseBAST(%q) = %s, %v; want none", typed, got, err)
		}
	}
	for _, typed := range []string{number, strings.ToLower(number), bare, strings.ReplaceAll(bare, "-", ""), strings.ReplaceAll(number, "0", "o"), "k " + strings.ReplaceAll(bare, "-", ".")} {
		if got, ok := CleanNumber(typed); !ok || got != number {
			t.Errorf("CleanNumber(%q) = %s, %v; want %s", typed, got, ok, number)
		}
	}
	for _, typed := range []string{"", "K-", number + "0", bare[:7], "K-UUUU-0000", "K-0000-000!"} {
		if got, ok := CleanNumber(typed); ok {
			t.Errorf("CleanNumber(%q) = %s; want none", typed, got)
		}
	}
}

func TestEveryBASTNumberIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := CommitmentID(rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`).Draw(t, "id"))
		bast := id.BAST(rapid.IntRange(1, MaxDeliveries).Draw(t, "n"))
		if got, number, err := ParseBAST(string(bast)); err != nil || got != bast || number != id.Number() {
			t.Fatalf("ParseBAST(%s) = %s, %s, %v", bast, got, number, err)
		}
		if number, ok := CleanNumber(id.Number()); !ok || number != id.Number() {
			t.Fatalf("CleanNumber(%s) = %s, %v", id.Number(), number, ok)
		}
	})
}

func FuzzParseBAST(f *testing.F) {
	f.Add("BAST-7F3Q-21XA-1")
	f.Add("bast 7f3q.21xa 20")
	f.Fuzz(func(t *testing.T, typed string) {
		bast, number, err := ParseBAST(typed)
		if err != nil {
			return
		}
		again, same, err := ParseBAST(string(bast))
		if err != nil || again != bast || same != number {
			t.Errorf("%q is %s of %s; read again %s of %s, %v", typed, bast, number, again, same, err)
		}
	})
}

func TestStewardSecretsAreForOnePlaceOneVersionAndOneKey(t *testing.T) {
	key := []byte("key")
	s := StewardSecret(key, rw, 1)
	h, err := HandoverSecret(key, someID, 1)
	if err != nil {
		t.Fatal(err)
	}
	if r, c, err := StewardScope(s); r != rw || c != "" || err != nil {
		t.Errorf("StewardScope of a recipient's = %q, %q, %v", r, c, err)
	}
	if r, c, err := StewardScope(h); r != "" || c != someID || err != nil {
		t.Errorf("StewardScope of a commitment's = %q, %q, %v", r, c, err)
	}
	handed := func(id CommitmentID, version int, key string) string {
		s, err := HandoverSecret([]byte(key), id, version)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	other := CommitmentID("0198c0de-0000-7000-8000-00000000002b")
	manage, _ := Secret(key, someID, 1)
	all := []string{
		s, StewardSecret(key, rw, 2), StewardSecret([]byte("kez"), rw, 1), StewardSecret(key, rw+"4", 1),
		h, handed(someID, 2, "key"), handed(someID, 1, "kez"), handed(other, 1, "key"), manage,
	}
	for i, a := range all {
		for j, b := range all {
			if Equal(a, b) != (i == j) {
				t.Errorf("secrets %d and %d equal: %v", i, j, Equal(a, b))
			}
		}
		if i > 0 && i < 4 && a[:2] != "s." || i >= 4 && i < 8 && a[:2] != "h." {
			t.Errorf("secret %d begins with %q", i, a[:2])
		}
	}
	if _, err := HandoverSecret(key, "none", 1); err == nil {
		t.Error("an id that is none has a secret")
	}
	short := base64.RawURLEncoding.EncodeToString(make([]byte, SecretBytes))
	long := base64.RawURLEncoding.EncodeToString(make([]byte, 101))
	for _, none := range []string{"", "s.", "h.", "s." + short, "h." + short, "h" + s[1:], "x" + s[1:], s[2:], s + "=", "s." + long, "b." + h[2:], manage} {
		if r, c, err := StewardScope(none); !errors.Is(err, ErrNotFound) || r != "" || c != "" {
			t.Errorf("StewardScope(%q) = %q, %q, %v; want none", none, r, c, err)
		}
	}
}

func TestBASTCodeHasSixCharactersThatAreToldApart(t *testing.T) {
	seen := map[string]bool{}
	for n := range 200 {
		code := BASTCode([]byte("key"), BASTNumber(fmt.Sprintf("BAST-0000-0000-%d", n)))
		if len(code) != 6 || strings.Trim(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" || seen[code] {
			t.Errorf("code %q, seen before %v", code, seen[code])
		}
		seen[code] = true
		for _, typed := range []string{strings.ToLower(code), " " + code[:3] + " " + code[3:], code[:3] + "-" + code[3:], strings.NewReplacer("0", "O", "1", "l").Replace(code)} {
			if CleanBASTCode(typed) != code {
				t.Errorf("CleanBASTCode(%q) = %q; want %q", typed, CleanBASTCode(typed), code)
			}
		}
	}
	if a, b := BASTCode([]byte("key"), "BAST-1"), BASTCode([]byte("kez"), "BAST-1"); a == b {
		t.Error("another key gives the same code")
	}
}

func TestCollaboratorIsTheSameHoweverTheAddressIsWritten(t *testing.T) {
	key := []byte("key")
	a := CollaboratorOf(key, "Siti@Example.com")
	if a != CollaboratorOf(key, "siti@example.com") || a == CollaboratorOf(key, "sari@example.com") || a == CollaboratorOf([]byte("kez"), "siti@example.com") {
		t.Errorf("collaborators are told apart wrongly: %s", a)
	}
	if len(a) != 32 || strings.Contains(string(a), "siti") || KeyedHash(key, "network", "siti@example.com") == string(a) {
		t.Errorf("%s tells more than it should, or too little", a)
	}
}

func TestFileIsAnnouncedAsWhatItMayBe(t *testing.T) {
	sum := strings.Repeat("a0", 32)
	for name, test := range map[string]struct {
		kind   EvidenceKind
		media  string
		length int64
		sum    string
		want   string
	}{
		"a photo":            {EvidencePhoto, "image/jpeg", 1, sum, ""},
		"as large as can be": {EvidenceBAST, "application/pdf", MaxEvidenceBytes, sum, ""},
		"another kind":       {EvidenceComplaint, "image/png", 1, sum, "/kind"},
		"no kind":            {"", "image/png", 1, sum, "/kind"},
		"a web page":         {EvidencePhoto, "text/html", 1, sum, "/type"},
		"empty":              {EvidencePhoto, "image/webp", 0, sum, "/length"},
		"too large":          {EvidencePhoto, "image/webp", MaxEvidenceBytes + 1, sum, "/length"},
		"capital letters":    {EvidencePhoto, "image/webp", 1, strings.ToUpper(sum), "/sha256"},
		"too short":          {EvidencePhoto, "image/webp", 1, sum[1:], "/sha256"},
		"not hexadecimal":    {EvidencePhoto, "image/webp", 1, "g" + sum[1:], "/sha256"},
	} {
		err := CheckEvidence(test.kind, test.media, test.length, test.sum, EvidenceBAST, EvidencePhoto)
		var invalid *InvalidError
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want != "" && (!errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Pointer != test.want):
			t.Errorf("%s: %v; want %s", name, err, test.want)
		}
	}
}

func TestOriginalsLieApart(t *testing.T) {
	ofCommitment := Evidence{ID: "e", Recipient: rw, Commitment: someID, SHA256: "00ff"}
	ofComplaint := Evidence{ID: "e", Complaint: "c"}
	if a, b := ofCommitment.Path(), ofComplaint.Path(); a != "original/"+string(rw)+"/"+string(someID)+"/e" || b != "original/complaint/c/e" {
		t.Errorf("paths %s and %s", a, b)
	}
	if got := ofCommitment.Fingerprint(); got != "sha256-00ff" {
		t.Errorf("fingerprint %s", got)
	}
}
