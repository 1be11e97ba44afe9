package table

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ksbb/shared/aid"
)

// AuditQuery selects acts: those to one object, those by one officer, or all of
// some time. Members that are set narrow the selection; of all acts, From and To
// must be.
type AuditQuery struct {
	Object   string // as [Act.Object]
	Officer  aid.OfficerID
	Deed     aid.Deed
	From, To time.Time // From is included, To is not
}

// fits tells whether an act is one of those that are asked for.
func (q AuditQuery) fits(a Act) bool {
	return (q.Object == "" || a.Object == q.Object) && (q.Officer == "" || a.By == q.Officer) && (q.Deed == "" || a.Deed == q.Deed) &&
		(q.From.IsZero() || !a.At.Before(q.From)) && (q.To.IsZero() || a.At.Before(q.To))
}

// auditDays is how many days one call of Audit looks at.
const auditDays = 40

// Audit returns acts, the newest first, at most limit, and the cursor by which
// the next call goes on; an empty one says that there are no more. A call may
// return fewer than limit, even none, and a cursor.
func (t *Table) Audit(ctx context.Context, q AuditQuery, cursor string, limit int) (acts []Act, next string, err error) {
	below, err := openCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	from, to := auditName(q.From, ""), auditName(q.To, "")
	if q.To.IsZero() {
		to = "~"
	}
	if below != "" && below < to {
		to = below
	}
	acts = []Act{}
	if q.Object != "" || q.Officer != "" {
		pk := auditOfPrefix + q.Object
		if q.Object == "" {
			pk = auditByPrefix + string(q.Officer)
		}
		if acts, err = t.acts(ctx, acts, pk, from, to, q, limit); err != nil {
			return nil, "", fmt.Errorf("read acts: %w", err)
		}
		return acts, nextAct(acts, limit), nil
	}
	if q.From.IsZero() || q.To.IsZero() {
		return nil, "", errors.New("read acts: neither an object nor an officer nor a time")
	}
	newest := q.To
	if at, ok := auditInstant(below); ok && at.Before(newest) {
		newest = at
	}
	day := newest.UTC().Truncate(24 * time.Hour)
	for range auditDays {
		if day.Before(q.From.UTC().Truncate(24 * time.Hour)) {
			return acts, "", nil
		}
		if acts, err = t.acts(ctx, acts, auditDayPK(day), from, to, q, limit); err != nil {
			return nil, "", fmt.Errorf("read acts: %w", err)
		}
		if next = nextAct(acts, limit); next != "" {
			return acts, next, nil
		}
		day = day.AddDate(0, 0, -1)
	}
	return acts, sealCursor(auditName(day.AddDate(0, 0, 1), "")), nil
}

// nextAct returns the cursor after the last of acts, if there may be more.
func nextAct(acts []Act, limit int) string {
	if len(acts) < limit {
		return ""
	}
	last := acts[len(acts)-1]
	return sealCursor(auditName(last.At, last.ID))
}

// errEnough ends a reading that has all it wants.
var errEnough = errors.New("enough")

// acts adds to acts those of one partition between two names, backwards, until
// there are limit of them. What is named to itself was returned before.
func (t *Table) acts(ctx context.Context, acts []Act, pk, from, to string, q AuditQuery, limit int) ([]Act, error) {
	condition := "PK = :pk AND SK BETWEEN :from AND :to"
	backwards, page := false, int32(min(limit+1, 200))
	err := query(ctx, t.db, &dynamodb.QueryInput{
		TableName: &t.private, KeyConditionExpression: &condition, ScanIndexForward: &backwards, Limit: &page,
		ExpressionAttributeValues: keyed{":pk": text(pk), ":from": text(from), ":to": text(to)},
	}, func(it item) error {
		var a actItem
		if err := attributevalue.UnmarshalMap(it, &a); err != nil {
			return err
		}
		if a.SK != to && q.fits(a.act()) {
			acts = append(acts, a.act())
		}
		if len(acts) == limit {
			return errEnough
		}
		return nil
	})
	if err == errEnough {
		err = nil
	}
	return acts, err
}

// sealCursor and openCursor make of a position something that says nothing to
// whoever holds it. What was never sealed wraps [aid.ErrNotFound].
func sealCursor(position string) string {
	if position == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(position))
}

func openCursor(cursor string) (string, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) > 300 || strings.ContainsFunc(string(raw), func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fmt.Errorf("cursor: %w", aid.ErrNotFound)
	}
	return string(raw), nil
}
