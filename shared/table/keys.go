package table

import (
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Every key is spelled in this file and nowhere else.
//
// Ledger (stream KEYS_ONLY; the prefixes LEAF# and OUT# are what the stream
// filters of template.yaml select by, so every public change of a recipient
// writes its activity too):
//
//	PK                 SK                       item
//	LEAF#<leaf>        <recipient>#A            activity: revision, open commitments, free aid
//	LEAF#<leaf>        <recipient>#N#<package>  need line with its counters and what remains
//	LEAF#<leaf>        <recipient>#R            recipient
//	LEAF#<leaf>        !<instant>               correction: totals of the leaf may fall
//	RCPT#<recipient>   P                        pointer: the recipient's leaf
//	RCPT#<recipient>   C#<commitment>           commitment; dueShard and dueAt while time alone can change it
//	RCPT#<recipient>   V#<version>              change that an office made to the recipient
//	RCPT#<recipient>   E#<commitment>#<file>    evidence: what was announced, and how it was judged
//	CASES              <month>                  there are complaints of that month
//	CASE#<month>       <complaint>              complaint without its words; dueShard and dueAt
//	CMP#<complaint>    E#<file>                 evidence attached to a complaint
//	IDEAS#<month>      <idea>                   idea without its words; work and workAt
//	RCPT#<recipient>   X#<commitment>           moderation: whether somebody looked at what was written freely; work and workAt
//	PIC#<sha256>       <evidence>               a file of a commitment was announced with this SHA-256
//	PROPOSALS          <proposal>               change that waits for a second person, or was decided; work and workAt
//	NUM#<number>       NUM                      leads from a commitment's number, or a ticket, to it
//	REQ#<commitment>   submit                   request that submitted it: fingerprint, recipient
//	REQ#<commitment>   move#<version>           request that led to this version
//	REQ#<complaint>    complaint                request that filed it: fingerprint, month
//	REQ#<complaint>    case#<version>           move that led to this version of the complaint
//	REQ#<complaint>    message#<message>        request that wrote the message: fingerprint
//	REQ#<idea>         idea                     request that sent the idea
//	OUT#<commitment>   <serial>#<kind>          letter that waits to be sent; of a move, the serial is its version
//	OUT#<subscription> 1#subscribe              letter that asks to confirm a subscription, expires
//	OUT#report-<period>-<revision> <n>#report   letters about a report, and to whom they still go
//	POW#<challenge>    POW                      challenge that was used, expires
//	IMPORT#<import>    IMPORT                   place of an import in the queue, while it waits to be confirmed
//	CATALOGUE          AGG|PKG|PRG#<id>         amended entry of the catalogue, as it stands
//	CATALOGUE#AGG|PKG|PRG#<id> V<version>       the same as it stood in each version
//	PERMIT#<aggregator> PERMIT                  last day of its permit by which deadlines were found
//	POOLS#<aggregator> <pool>                   pooled gift, and how much of it no part holds
//	POOL#<pool>        C#<commitment>           leads from a pool to one of its parts
//
// Private (no stream):
//
//	COM#<commitment>   CRED                     credential: contact, statement, hashes
//	COM#<commitment>   REVEAL                   the steward's contact was shown for it
//	COM#<commitment>   SEEN#<instant>           who saw the collaborator's contact, expires
//	COM#<commitment>   NOTE#<delivery>          what was written beside a delivery
//	STW#<recipient>    CONTACT                  the steward's contact
//	STWOF#<phone>      <recipient>              leads from a number, as a keyed hash, to whose steward has it
//	STW#<recipient>    ACCESS                   version of the steward's link, whether contact is paused
//	SEEN#<recipient>   <instant>#<commitment>   who saw the steward's contact, and when, expires
//	SEENON#<day>       <instant>#<commitment>   the same by day, either way, for a breach, expires
//	PREF#<collaborator> PREF                    wants no reminders
//	BUDGET#<kind>#<id> <day>                    a count of that day, expires
//	TICKET#<complaint> CRED                     hash of the secret of a complaint's link
//	REPORT#<complaint> CONTACT                  how to reach who complained, if they said
//	REPORT#<complaint> TEXT#<message>           what they wrote
//	REPLY#<complaint>  <message>                what the office answered
//	IDEA#<idea>        TEXT                     what was written
//	IDEA#<idea>        CONTACT                  by whom, if they said, expires
//	SUB#<subscription> SUB                      subscription: address, what is wanted, hash of its link; expires until confirmed
//	SUBOF#<address>    SUB                      leads from an address, as a keyed hash, to its confirmed subscription
//	SUBS#<cadence>#<shard> <subscription>       confirmed, and wants the reports of that cadence
//	MAILED#<period>-<revision>#<shard> <subscription>  was written to about that report, expires
//	IMPORTS            <import>                 import of a list: who brought it, what became of it, expires
//	IMPORTMAP#<list>   <headers>                which column of such a file is what, as somebody said last
//	IMPORTLEASE        IMPORTLEASE              which run writes an import, and until when nobody else does
//	KEY                KEY                      the installation's secret key
//	POOL#<pool>        DONOR                    who gave a pool, expires
//
//	AUDIT#<day>        <instant>#<act>          act of a member of staff, by UTC day, expires
//	AUDITOF#<object>   <instant>#<act>          the same by what it was done to, also each row of a list, expires
//	AUDITBY#<officer>  <instant>#<act>          the same by who did it, expires
//	AUDITID#<act>      AUDIT                    the same by the request's id: it is recorded once, expires
//	OFFICER#<officer>  OFFICER                  account of somebody who logs in
//	OFFICERS           <officer>                the same, as a list
//	WORK#<object>      DESK                     who in an office looks after a thing
//	WORK#<object>      NOTE#<instant>#<note>    what somebody in an office wrote about it, expires
//	PROPOSAL#<proposal> WHO                     who proposed and decided, and why
//	COM#<commitment>   HIDDEN                   name and texts that an office hid
//	PHONE#<phone>      <instant>#<commitment>   a commitment's collaborator gave this number, as a keyed hash, expires
//
// The prefixes of a complaint's private items are what the policy of
// complaints-api tells apart: it writes reports and ideas and cannot read them.
//
// Index Due, on the ledger, keys only: dueShard (one of 8), dueAt (milliseconds).
//
// Index Work, on the ledger, keys only: work (<lane>#<kota>, of the whole region
// <lane>#), workAt (<instant>#<kelurahan>#<id>). In it stand commitments, needs,
// complaints, ideas, evidence, moderations, proposals and imports, as long as
// they wait for somebody in an office.
//
// Access patterns:
//
//	map of a leaf            Query LEAF#<leaf>, SK from "0" (corrections sort before)
//	one place                Get RCPT#<id>/P, then Query LEAF#<leaf>, SK begins with "<id>#"
//	latest correction        Query LEAF#<leaf>, SK begins with "!", backwards, 1
//	commitments of a place   Query RCPT#<id>, SK begins with "C#"
//	versions of a place      Query RCPT#<id>, SK begins with "V#"
//	the same with evidence   Query RCPT#<id>, SK between "C#" and "E#~"
//	one commitment           Get RCPT#<id>/C#<commitment>
//	what is due              Query Due, each shard, dueAt up to an instant
//	months with complaints   Query CASES
//	complaints of a month    Query CASE#<month>
//	evidence of a complaint  Query CMP#<complaint>
//	replies to a complaint   Query REPLY#<complaint>
//	region budget            Query BUDGET#region#, SK between two days
//	catalogue, its history   Query CATALOGUE, or CATALOGUE#<entry>
//	pools of an aggregator   Query POOLS#<aggregator>, backwards
//	parts of a pool          Query POOL#<pool>, SK begins with "C#"
//	subscribers of a report  Query SUBS#<cadence>#<shard>, each shard, SK after the last one written to
//	acts of a time           Query AUDIT#<day>, each day, SK between two instants, backwards
//	acts to, or by           Query AUDITOF#<object> or AUDITBY#<officer>, backwards
//	officers                 Query OFFICERS
//	what waits in an office  Query Work, one lane of a kota, workAt between two instants
//	the same number again    Query PHONE#<phone>, SK from an instant
//	the same picture again   Query PIC#<sha256>
//	proposals                Query PROPOSALS, backwards
//	notes on a thing         Query WORK#<object>, SK begins with "NOTE#"
//	ideas of a month         Query IDEAS#<month>
//	all else                 Get by key
//
// The recipient stands first in the sort key of a leaf so that one place is one
// contiguous range, and '#' sorts before every character of an identifier so
// that the range order is the order of the identifiers.

// ErrForeignKey: the key belongs to none of the items that the map is made of.
var ErrForeignKey = errors.New("not a key of the map")

// key is the primary key of an item in either table.
type key struct{ PK, SK string }

func (k key) attributes() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": text(k.PK), "SK": text(k.SK)}
}

const (
	leafPrefix       = "LEAF#"
	recipientPrefix  = "RCPT#"
	outboxPrefix     = "OUT#"
	commitmentPrefix = "C#"
	evidencePrefix   = "E#"
	complaintPrefix  = "CMP#"
	casePrefix       = "CASE#"
	casesPK          = "CASES"
	correctionPrefix = "!"
	// firstRecipient sorts after every correction and before every recipient:
	// identifiers of recipients begin with the digits of an area code.
	firstRecipient = "0"
)

func leafPK(l aid.Leaf) string             { return leafPrefix + l.String() }
func recipientPK(r aid.RecipientID) string { return recipientPrefix + string(r) }
func placeRange(r aid.RecipientID) string  { return string(r) + "#" }

func recipientKey(l aid.Leaf, r aid.RecipientID) key { return key{leafPK(l), placeRange(r) + "R"} }
func activityKey(l aid.Leaf, r aid.RecipientID) key  { return key{leafPK(l), placeRange(r) + "A"} }
func needKey(l aid.Leaf, r aid.RecipientID, p aid.PackageID) key {
	return key{leafPK(l), placeRange(r) + "N#" + string(p)}
}
func correctionKey(l aid.Leaf, on time.Time) key {
	return key{leafPK(l), fmt.Sprintf("%s%015d", correctionPrefix, millis(on))}
}

// Keys of what offices edit.

const versionPrefix = "V#"

func versionKey(r aid.RecipientID, version int64) key {
	return key{recipientPK(r), fmt.Sprintf("%s%09d", versionPrefix, version)}
}
func stewardOfKey(secret []byte, phone string, r aid.RecipientID) key {
	return key{"STWOF#" + aid.KeyedHash(secret, "steward-phone", phone), string(r)}
}

func pointerKey(r aid.RecipientID) key { return key{recipientPK(r), "P"} }
func commitmentKey(r aid.RecipientID, c aid.CommitmentID) key {
	return key{recipientPK(r), commitmentPrefix + string(c)}
}

func numberKey(number string) key { return key{"NUM#" + number, "NUM"} }
func evidenceKey(r EvidenceRef) key {
	if r.Complaint != "" {
		return key{complaintPrefix + string(r.Complaint), evidencePrefix + string(r.ID)}
	}
	return key{recipientPK(r.Recipient), evidencePrefix + string(r.Commitment) + "#" + string(r.ID)}
}

// monthOf names the partition of what arrived at an instant.
func monthOf(at time.Time) string { return at.UTC().Format("2006-01") }

func caseKey(month string, c aid.ComplaintID) key { return key{casePrefix + month, string(c)} }
func filingKey(c aid.ComplaintID) key             { return key{"REQ#" + string(c), "complaint"} }
func caseMoveKey(c aid.ComplaintID, version int64) key {
	return key{"REQ#" + string(c), "case#" + strconv.FormatInt(version, 10)}
}
func writingKey(c aid.ComplaintID, m aid.MessageID) key {
	return key{"REQ#" + string(c), "message#" + string(m)}
}
func ideaKey(month string, i aid.IdeaID) key { return key{ideasPrefix + month, string(i)} }
func sendingKey(i aid.IdeaID) key            { return key{"REQ#" + string(i), "idea"} }

func ticketKey(c aid.ComplaintID) key        { return key{"TICKET#" + string(c), "CRED"} }
func reportContactKey(c aid.ComplaintID) key { return key{"REPORT#" + string(c), "CONTACT"} }
func reportTextKey(c aid.ComplaintID, m aid.MessageID) key {
	return key{"REPORT#" + string(c), "TEXT#" + string(m)}
}
func replyKey(c aid.ComplaintID, m aid.MessageID) key { return key{"REPLY#" + string(c), string(m)} }
func ideaTextKey(i aid.IdeaID) key                    { return key{"IDEA#" + string(i), "TEXT"} }
func ideaContactKey(i aid.IdeaID) key                 { return key{"IDEA#" + string(i), "CONTACT"} }

// ParseComplaintKey tells whether the key of a stream record is that of a
// complaint, and which.
func ParseComplaintKey(pk, sk string) (aid.ComplaintID, bool) {
	month, ok := strings.CutPrefix(pk, casePrefix)
	return aid.ComplaintID(sk), ok && month != "" && sk != ""
}

// dueIndex is the index by due time. Its partitions are few, so that a sweep is
// a handful of queries, and more than one, so that no single one has to take
// every commitment's writes.
const (
	dueIndex  = "Due"
	dueShards = 8
)

// dueShard spreads items by their identifier.
func dueShard(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return shardName(int(h.Sum32() % dueShards))
}

func shardName(n int) string { return "due#" + strconv.Itoa(n) }

func submissionKey(c aid.CommitmentID) key { return key{"REQ#" + string(c), "submit"} }
func moveKey(c aid.CommitmentID, version int64) key {
	return key{"REQ#" + string(c), "move#" + strconv.FormatInt(version, 10)}
}
func challengeKey(id string) key { return key{"POW#" + id, "POW"} }

func credentialKey(c aid.CommitmentID) key { return key{"COM#" + string(c), "CRED"} }
func revealKey(c aid.CommitmentID) key     { return key{"COM#" + string(c), "REVEAL"} }
func lookedKey(c aid.CommitmentID, at time.Time) key {
	return key{"COM#" + string(c), fmt.Sprintf("SEEN#%015d", millis(at))}
}
func noteKey(c aid.CommitmentID, d aid.DeliveryID) key {
	return key{"COM#" + string(c), "NOTE#" + string(d)}
}
func accessKey(r aid.RecipientID) key { return key{"STW#" + string(r), "ACCESS"} }
func seenOnKey(day aid.Day, at time.Time, c aid.CommitmentID) key {
	return key{"SEENON#" + string(day), fmt.Sprintf("%015d#%s", millis(at), c)}
}
func preferenceKey(c aid.CollaboratorID) key { return key{"PREF#" + string(c), "PREF"} }
func stewardKey(r aid.RecipientID) key       { return key{"STW#" + string(r), "CONTACT"} }
func seenKey(r aid.RecipientID, at time.Time, c aid.CommitmentID) key {
	return key{"SEEN#" + string(r), fmt.Sprintf("%015d#%s", millis(at), c)}
}
func budgetKey(b budget) key { return key{"BUDGET#" + b.kind + "#" + b.id, string(b.day)} }

// workIndex is the index of what waits for somebody in an office.
const workIndex = "Work"

// workName spells a lane of a kota, or of the whole region.
func workName(lane aid.Lane, kota area.Code) string { return string(lane) + "#" + string(kota) }

const (
	moderationPrefix = "X#"
	ideasPrefix      = "IDEAS#"
	picturePrefix    = "PIC#"
	proposalsPK      = "PROPOSALS"
	phonePrefix      = "PHONE#"
	importPrefix     = "IMPORT#"
	officeNotePrefix = "NOTE#"
)

func moderationKey(r aid.RecipientID, c aid.CommitmentID) key {
	return key{recipientPK(r), moderationPrefix + string(c)}
}
func pictureKey(sha256 string, e aid.EvidenceID) key { return key{picturePrefix + sha256, string(e)} }
func proposalKey(p aid.ProposalID) key               { return key{proposalsPK, string(p)} }
func proposerKey(p aid.ProposalID) key               { return key{"PROPOSAL#" + string(p), "WHO"} }
func hiddenKey(c aid.CommitmentID) key               { return key{"COM#" + string(c), "HIDDEN"} }
func phoneKey(hash string, c aid.Commitment) key {
	return key{phonePrefix + hash, auditName(c.PledgedAt, string(c.ID))}
}
func deskKey(object string) key { return key{"WORK#" + object, "DESK"} }
func officeNoteKey(object string, n OfficeNote) key {
	return key{"WORK#" + object, officeNotePrefix + auditName(n.At, n.ID)}
}

const (
	auditOfPrefix = "AUDITOF#"
	auditByPrefix = "AUDITBY#"
	officersPK    = "OFFICERS"
)

func auditDayPK(at time.Time) string { return "AUDIT#" + at.UTC().Format(time.DateOnly) }
func actMarkKey(id string) key       { return key{"AUDITID#" + id, "AUDIT"} }

// auditName spells an act so that names sort as instants do.
func auditName(at time.Time, id string) string { return instantName(at) + "#" + id }

// auditInstant reads the instant of what auditName wrote.
func auditInstant(name string) (time.Time, bool) {
	digits, _, found := strings.Cut(name, "#")
	ms, err := strconv.ParseInt(digits, 10, 64)
	return time.UnixMilli(ms).UTC(), found && err == nil
}

// auditKeys spells under which keys an act is found.
func auditKeys(a Act) []key {
	name := auditName(a.At, a.ID)
	return []key{{auditDayPK(a.At), name}, auditOfKey(a), {auditByPrefix + string(a.By), name}}
}

// auditOfKey spells under which key an act is found by what it was done to.
func auditOfKey(a Act) key { return key{auditOfPrefix + a.Object, auditName(a.At, a.ID)} }

func officerKey(o aid.OfficerID) key       { return key{"OFFICER#" + string(o), "OFFICER"} }
func listedOfficerKey(o aid.OfficerID) key { return key{officersPK, string(o)} }

// subscriberShards is how many partitions the subscribers of one cadence are
// spread over.
const subscriberShards = 8

// subscriberShard spreads subscriptions by their identifier.
func subscriberShard(s aid.SubscriptionID) int {
	h := fnv.New32a()
	h.Write([]byte(s))
	return int(h.Sum32() % subscriberShards)
}

func subscriptionKey(s aid.SubscriptionID) key { return key{"SUB#" + string(s), "SUB"} }
func addressKey(hash string) key               { return key{"SUBOF#" + hash, "SUB"} }
func subscribersPK(c aid.Cadence, shard int) string {
	return "SUBS#" + string(c) + "#" + strconv.Itoa(shard)
}
func subscriberKey(c aid.Cadence, s aid.SubscriptionID) key {
	return key{subscribersPK(c, subscriberShard(s)), string(s)}
}
func mailedKey(period string, revision int, s aid.SubscriptionID) key {
	return key{"MAILED#" + period + "-" + strconv.Itoa(revision) + "#" + strconv.Itoa(subscriberShard(s)), string(s)}
}

var secretKey = key{"KEY", "KEY"}

// LetterKey finds one letter of the outbox.
type LetterKey struct{ PK, SK string }

// ComplaintLetterKey spells the key of the letter of this kind that the move to
// this version of a complaint put into the outbox.
func ComplaintLetterKey(c aid.ComplaintID, version int64, kind aid.LetterKind) LetterKey {
	return LetterKeyOf(aid.CommitmentID(c), version, kind)
}

// SubscriptionLetterKey spells the key of the letter that asks to confirm a
// subscription.
func SubscriptionLetterKey(s aid.SubscriptionID) LetterKey {
	return LetterKeyOf(aid.CommitmentID(s), 1, aid.LetterSubscribe)
}

// ReportLetterKey spells the key of the nth mailing of a report, from 0.
func ReportLetterKey(period string, revision int, n int64) LetterKey {
	return LetterKeyOf(aid.CommitmentID("report-"+period+"-"+strconv.Itoa(revision)), n, aid.LetterReport)
}

// Serial returns the number that sets a letter apart from others of its kind.
func (k LetterKey) Serial() int64 {
	digits, _, _ := strings.Cut(k.SK, "#")
	n, _ := strconv.ParseInt(digits, 10, 64) // [ParseLetterKey] has read it
	return n
}

// LetterKeyOf spells the key of the letter of this kind and serial number about
// a commitment. The serial of a letter that a move put into the outbox is the
// version that the move led to.
func LetterKeyOf(c aid.CommitmentID, serial int64, kind aid.LetterKind) LetterKey {
	return LetterKey{PK: outboxPrefix + string(c), SK: strconv.FormatInt(serial, 10) + "#" + string(kind)}
}

// ParseLetterKey tells whether the key of a stream record is that of a letter,
// and returns it if so.
func ParseLetterKey(pk, sk string) (LetterKey, bool) {
	id, ok := strings.CutPrefix(pk, outboxPrefix)
	version, kind, found := strings.Cut(sk, "#")
	if _, err := strconv.ParseUint(version, 10, 63); !ok || id == "" || !found || kind == "" || err != nil {
		return LetterKey{}, false
	}
	return LetterKey{PK: pk, SK: sk}, true
}

// The catalogue and pools.
const (
	cataloguePK = "CATALOGUE"
	poolPrefix  = "POOL#"
)

// catalogueKey spells the key of an amended entry as it stands.
func catalogueKey(list aid.List, id string) (key, error) {
	short, ok := map[aid.List]string{aid.AggregatorList: "AGG#", aid.PackageList: "PKG#", aid.ProgramList: "PRG#"}[list]
	if !ok {
		return key{}, fmt.Errorf("%q is no list of the catalogue: %w", list, aid.ErrNotFound)
	}
	return key{cataloguePK, short + id}, nil
}

func catalogueHistoryPK(list aid.List, id string) (string, error) {
	k, err := catalogueKey(list, id)
	return k.PK + "#" + k.SK, err
}

func permitKey(a aid.AggregatorID) key { return key{"PERMIT#" + string(a), "PERMIT"} }

func poolsPK(a aid.AggregatorID) string            { return "POOLS#" + string(a) }
func poolKey(a aid.AggregatorID, p aid.PoolID) key { return key{poolsPK(a), string(p)} }
func poolPartKey(p aid.PoolID, c aid.CommitmentID) key {
	return key{poolPrefix + string(p), commitmentPrefix + string(c)}
}
func donorKey(p aid.PoolID) key { return key{poolPrefix + string(p), "DONOR"} }

// Dirty says which part of the public tree a change touches. Either member may
// be empty, never both.
type Dirty struct {
	Leaf      aid.Leaf
	Recipient aid.RecipientID
}

// ParseKey tells what the key of a stream record makes dirty: an item of a leaf
// its leaf and recipient, a correction its leaf, an item of a recipient the
// recipient. Any other key wraps [ErrForeignKey].
func ParseKey(pk, sk string) (Dirty, error) {
	if id, ok := strings.CutPrefix(pk, recipientPrefix); ok && id != "" {
		return Dirty{Recipient: aid.RecipientID(id)}, nil
	}
	name, ok := strings.CutPrefix(pk, leafPrefix)
	if !ok {
		return Dirty{}, fmt.Errorf("key %q %q: %w", pk, sk, ErrForeignKey)
	}
	leaf, err := aid.ParseLeaf(name)
	if err != nil {
		return Dirty{}, fmt.Errorf("key %q %q: %w: %w", pk, sk, ErrForeignKey, err)
	}
	if strings.HasPrefix(sk, correctionPrefix) {
		return Dirty{Leaf: leaf}, nil
	}
	id, _, ok := splitPlaceKey(sk)
	if !ok {
		return Dirty{}, fmt.Errorf("key %q %q: %w", pk, sk, ErrForeignKey)
	}
	return Dirty{Leaf: leaf, Recipient: id}, nil
}

// Key spells the key of a stream record that makes exactly d dirty. It is the
// inverse of [ParseKey], for those who play a stream.
func (d Dirty) Key() (pk, sk string) {
	k := pointerKey(d.Recipient)
	switch {
	case d.Leaf != (aid.Leaf{}) && d.Recipient != "":
		k = activityKey(d.Leaf, d.Recipient)
	case d.Leaf != (aid.Leaf{}):
		k = correctionKey(d.Leaf, time.Time{})
	}
	return k.PK, k.SK
}

// splitPlaceKey reads the sort key of an item of a place: whose it is, and
// which item, "A", "R" or "N#<package>".
func splitPlaceKey(sk string) (r aid.RecipientID, item string, ok bool) {
	id, item, found := strings.Cut(sk, "#")
	known := item == "A" || item == "R" || len(item) > len("N#") && strings.HasPrefix(item, "N#")
	if !found || id < firstRecipient || !known {
		return "", "", false
	}
	return aid.RecipientID(id), item, true
}

// splitNeed reads what [aid.NeedOf] wrote.
func splitNeed(id aid.NeedID) (aid.RecipientID, aid.PackageID, bool) {
	r, p, ok := strings.Cut(string(id), ":")
	return aid.RecipientID(r), aid.PackageID(p), ok && r != "" && p != ""
}

// parseDue tells what an entry of the index by due time is about.
func parseDue(k key) (Due, error) {
	if c, ok := ParseComplaintKey(k.PK, k.SK); ok {
		return Due{Complaint: c}, nil
	}
	r, isRecipient := strings.CutPrefix(k.PK, recipientPrefix)
	c, isCommitment := strings.CutPrefix(k.SK, commitmentPrefix)
	if !isRecipient || !isCommitment || r == "" || c == "" {
		return Due{}, fmt.Errorf("due item %q %q: %w", k.PK, k.SK, ErrForeignKey)
	}
	return Due{Recipient: aid.RecipientID(r), Commitment: aid.CommitmentID(c)}, nil
}

// Imports.
const importsPK = "IMPORTS"

var importLeaseKey = key{"IMPORTLEASE", "IMPORTLEASE"}

func importKey(i aid.ImportID) key      { return key{importsPK, string(i)} }
func importQueueKey(i aid.ImportID) key { return key{importPrefix + string(i), "IMPORT"} }
func mappingKey(list, headers string) key {
	return key{"IMPORTMAP#" + list, base64.RawURLEncoding.EncodeToString(aid.Hash(headers))}
}
