// Package dynamo speaks the wire form of DynamoDB and its streams: one JSON
// call each. Bodies pass through as they are, which the SDK would not do, and
// what the template says about a table is already what CreateTable wants.
package dynamo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A Client calls the engine at URL. It does not sign: local engines look at
// the form of the signature only.
type Client struct {
	URL    string
	Region string
}

// An Error is a refusal by the engine: Kind is ResourceNotFoundException.
type Error struct{ Kind, Message string }

func (e *Error) Error() string { return e.Kind + ": " + e.Message }

// Is says whether err is a refusal of a kind.
func Is(err error, kind string) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// Call makes one call: the operation is CreateTable, or GetRecords. The
// answer goes to out, unless that is nil.
func (c Client) Call(ctx context.Context, operation string, in, out any) error {
	if err := c.call(ctx, operation, in, out); err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return nil
}

func (c Client) call(ctx context.Context, operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	service := "DynamoDB_20120810."
	switch operation {
	case "DescribeStream", "GetShardIterator", "GetRecords", "ListStreams":
		service = "DynamoDBStreams_20120810."
	}
	now := time.Now().UTC()
	req.Header.Set("X-Amz-Target", service+operation)
	req.Header.Set("X-Amz-Date", now.Format("20060102T150405Z"))
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/"+now.Format("20060102")+"/"+c.Region+
		"/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature="+strings.Repeat("0", 64))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		var refusal struct {
			Kind         string `json:"__type"`
			Message      string `json:"message"`
			OtherMessage string `json:"Message"`
		}
		if json.Unmarshal(answer, &refusal) != nil || refusal.Kind == "" {
			return fmt.Errorf("status %d: %s", resp.StatusCode, answer)
		}
		_, kind, found := strings.Cut(refusal.Kind, "#")
		if !found {
			kind = refusal.Kind
		}
		return &Error{kind, refusal.Message + refusal.OtherMessage}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
