package guard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"ksbb/infra/local/template"
)

// A need is one action that a call takes. It is allowed if it is on any of the
// resources.
type need struct {
	action    string
	resources []string
	on        string   // the table, bucket or identity, as people call it
	key       string   // of an object of the bucket
	keys      []string // partition keys of the items of the table
}

func (n need) String() string {
	if n.key != "" {
		return n.action + " on " + n.key + " in " + n.on
	}
	if len(n.keys) == 1 && n.keys[0] != "" { // what kind of item it is, never whose
		kind, _, _ := strings.Cut(n.keys[0], "#")
		return n.action + " on " + kind + " in " + n.on
	}
	return n.action + " on " + n.on
}

// errUnknown is about calls whose needs are not written here.
var errUnknown = errors.New("not supported here")

const (
	dynamoService = "dynamodb"
	s3Service     = "s3"
	sesService    = "ses"

	dynamoTarget = "DynamoDB_20120810."
	mailPath     = "/v2/email/"
)

// serviceOf names the service that a call is meant for. All clients of a
// function share one address, those of services that do not run here too.
func serviceOf(r *http.Request) string {
	target := r.Header.Get("X-Amz-Target")
	if strings.HasPrefix(target, dynamoTarget) {
		return dynamoService
	}
	if strings.HasPrefix(r.URL.Path, mailPath) {
		return sesService
	}
	if signed := signedFor(r); signed != "" && signed != s3Service || target != "" {
		return strings.TrimSpace(signed + " " + target)
	}
	return s3Service
}

// signedFor returns the service in the scope of the call's signature, which is
// Credential=KEY/DAY/REGION/SERVICE/aws4_request; empty without a signature.
func signedFor(r *http.Request) string {
	scope := r.Header.Get("Authorization")
	if scope == "" {
		scope = r.URL.Query().Get("X-Amz-Credential")
	} else {
		_, scope, _ = strings.Cut(scope, "Credential=")
		scope, _, _ = strings.Cut(scope, ",")
	}
	if parts := strings.Split(scope, "/"); len(parts) == 5 {
		return parts[3]
	}
	return ""
}

// An arn is the name of a resource of this region and account.
func arn(service, resource string) string {
	return "arn:aws:" + service + ":" + template.Region + ":" + template.Account + ":" + resource
}

// words are for people: logical ids in place of local names.
type words map[string]string

func (w words) of(name string) string {
	if id, ok := w[name]; ok {
		return id
	}
	return name
}

// table is a need of one action on a table, or on its index.
func (w words) table(operation, name, index string) need {
	n := need{action: "dynamodb:" + operation, on: "table " + w.of(name)}
	resource := name // a table may be called by its ARN
	if !strings.HasPrefix(name, "arn:") {
		resource = arn("dynamodb", "table/"+name)
	}
	if index != "" {
		resource += "/index/" + index
		n.on = "index " + index + " of " + n.on
	}
	n.resources = []string{resource}
	return n
}

// single are the operations on one table that need the permission of their own
// name and no other.
var single = []string{
	"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan",
	"DescribeTable", "DescribeTimeToLive", "DescribeContinuousBackups",
	"CreateTable", "UpdateTable", "DeleteTable", "UpdateTimeToLive",
}

// item is the part of a stored item, or of the key of one, that a policy may
// ask for. Every table of the template names its partition key PK.
type item struct {
	PK struct{ S string }
}

// keysOf returns the partition keys of items.
func keysOf(items ...item) []string {
	var keys []string
	for _, it := range items {
		if it.PK.S != "" && !slices.Contains(keys, it.PK.S) {
			keys = append(keys, it.PK.S)
		}
	}
	return keys
}

// queried finds the partition key that a query on a table asks for.
var queried = regexp.MustCompile(`(?i)(?:^|\bAND\b|\()\s*(#?\w+)\s*=\s*(:\w+)`)

// unreadable stands for a partition key that was not found in a call. Only a
// permission without limits covers it.
const unreadable = ""

// queriedKeys reads it out of a condition such as "PK = :pk AND …".
func queriedKeys(condition string, names map[string]string, values map[string]json.RawMessage) []string {
	for _, term := range queried.FindAllStringSubmatch(condition, -1) {
		name := term[1]
		if real, ok := names[name]; ok {
			name = real
		}
		var v struct{ S string }
		if name == "PK" && json.Unmarshal(values[term[2]], &v) == nil {
			return []string{v.S}
		}
	}
	return []string{unreadable}
}

// dynamoNeeds reads a call of DynamoDB.
func (w words) dynamoNeeds(target string, body []byte) (what string, needs []need, err error) {
	operation := strings.TrimPrefix(target, dynamoTarget)
	what = "dynamodb:" + operation
	var in struct {
		TableName, IndexName string
		RequestItems         map[string]json.RawMessage
		TransactItems        []map[string]struct {
			TableName string
			Key, Item item
		}
		Key, Item                 item
		KeyConditionExpression    string
		ExpressionAttributeNames  map[string]string
		ExpressionAttributeValues map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return what, nil, fmt.Errorf("read its body: %w", err)
	}
	switch operation {
	case "BatchGetItem", "BatchWriteItem":
		for name, requests := range in.RequestItems {
			n := w.table(operation, name, "")
			if n.keys, err = batchedKeys(requests); err != nil {
				return what, nil, fmt.Errorf("read its body: %w", err)
			}
			needs = append(needs, n)
		}
	case "TransactGetItems", "TransactWriteItems":
		for _, item := range in.TransactItems {
			for part, on := range item {
				if part = transacted[part]; part == "" {
					return what, nil, errUnknown
				}
				n := w.table(part, on.TableName, "")
				n.keys = keysOf(on.Key, on.Item)
				if !slices.ContainsFunc(needs, func(o need) bool { return o.action == n.action && o.on == n.on && slices.Equal(o.keys, n.keys) }) {
					needs = append(needs, n)
				}
			}
		}
	case "ListTables":
		return what, []need{{action: what, resources: []string{"*"}, on: "all tables"}}, nil
	default:
		if !slices.Contains(single, operation) || in.TableName == "" {
			return what, nil, errUnknown
		}
		n := w.table(operation, in.TableName, in.IndexName)
		n.keys = keysOf(in.Key, in.Item)
		switch {
		case operation != "Query":
		case in.IndexName != "":
			n.keys = []string{unreadable} // an index has a partition key of its own
		default:
			n.keys = queriedKeys(in.KeyConditionExpression, in.ExpressionAttributeNames, in.ExpressionAttributeValues)
		}
		needs = append(needs, n)
	}
	if len(needs) == 0 {
		return what, nil, errUnknown
	}
	return what, needs, nil
}

// batchedKeys returns the partition keys of a batch on one table.
func batchedKeys(requests json.RawMessage) ([]string, error) {
	var items []item
	if bytes.HasPrefix(bytes.TrimSpace(requests), []byte("[")) {
		var writes []struct {
			PutRequest    struct{ Item item }
			DeleteRequest struct{ Key item }
		}
		if err := json.Unmarshal(requests, &writes); err != nil {
			return nil, err
		}
		for _, w := range writes {
			items = append(items, w.PutRequest.Item, w.DeleteRequest.Key)
		}
		return keysOf(items...), nil
	}
	var reads struct{ Keys []item }
	err := json.Unmarshal(requests, &reads)
	return keysOf(reads.Keys...), err
}

// transacted are the permissions that the parts of a transaction need.
var transacted = map[string]string{
	"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem",
}

// mailNeeds reads a call of SES.
func mailNeeds(method, path string, body []byte) (what string, needs []need, err error) {
	if method != http.MethodPost || path != mailPath+"outbound-emails" {
		return "ses " + method + " " + path, nil, errUnknown
	}
	what = "ses:SendEmail"
	var in struct{ FromEmailAddress, ConfigurationSetName string }
	if err := json.Unmarshal(body, &in); err != nil {
		return what, nil, fmt.Errorf("read its body: %w", err)
	}
	from, err := mail.ParseAddress(in.FromEmailAddress)
	if err != nil {
		return what, nil, fmt.Errorf("read its sender: %w", err)
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	needs = []need{{
		action: what, on: "identity " + from.Address,
		// Which of the two counts is decided by what was verified.
		resources: []string{arn("ses", "identity/"+from.Address), arn("ses", "identity/"+domain)},
	}}
	if set := in.ConfigurationSetName; set != "" {
		needs = append(needs, need{action: what, resources: []string{arn("ses", "configuration-set/"+set)}, on: "configuration set " + set})
	}
	return what, needs, nil
}

// listing are the parameters of a list of objects.
var listing = []string{
	"list-type", "prefix", "delimiter", "continuation-token", "start-after", "max-keys", "encoding-type", "fetch-owner", "marker",
}

// objectsOf is the permission to see which objects a bucket has.
func (w words) objectsOf(bucket string) need {
	return need{action: "s3:ListBucket", resources: []string{"arn:aws:s3:::" + bucket}, on: "bucket " + w.of(bucket)}
}

// object is a need of one action on an object.
func (w words) object(action, bucket, key string) need {
	return need{action: "s3:" + action, resources: []string{"arn:aws:s3:::" + bucket + "/" + key}, on: "bucket " + w.of(bucket), key: key}
}

// s3Needs reads a call of S3, which has the bucket in its path: that is how
// clients address a host that has no name.
func (w words) s3Needs(r *http.Request) (what string, needs []need, err error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	// What is left of the query when known parameters are taken out decides
	// which operation it is.
	asked, known := url.Values{}, []string{"x-id"}
	if key == "" {
		known = append(known, listing...)
	}
	for name, values := range r.URL.Query() {
		if !slices.Contains(known, name) && !strings.HasPrefix(name, "X-Amz-") && !strings.HasPrefix(name, "response-") {
			asked[name] = values
		}
	}
	what = "s3 " + r.Method + " " + r.URL.Path
	if len(asked) > 0 {
		what += "?" + asked.Encode()
	}
	switch {
	case bucket == "":
		return what, nil, errUnknown
	case key == "":
		if len(asked) > 0 || r.Method != http.MethodGet && r.Method != http.MethodHead {
			return what, nil, errUnknown
		}
		return what, []need{w.objectsOf(bucket)}, nil
	}
	version, upload := "", asked.Has("uploadId") || asked.Has("uploads")
	if asked.Has("versionId") {
		version = "Version"
	}
	lock := asked.Has("retention") && !upload
	for _, name := range []string{"versionId", "partNumber", "uploadId", "uploads", "retention"} {
		asked.Del(name)
	}
	if len(asked) > 0 {
		return what, nil, errUnknown
	}
	switch {
	case lock && r.Method == http.MethodPut:
		needs = append(needs, w.object("PutObjectRetention", bucket, key))
		if strings.EqualFold(r.Header.Get("X-Amz-Bypass-Governance-Retention"), "true") {
			needs = append(needs, w.object("BypassGovernanceRetention", bucket, key))
		}
	case lock && r.Method == http.MethodGet:
		needs = append(needs, w.object("GetObjectRetention", bucket, key))
	case lock:
		return what, nil, errUnknown
	case r.Method == http.MethodGet && upload:
		needs = append(needs, w.object("ListMultipartUploadParts", bucket, key))
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		needs = append(needs, w.object("GetObject"+version, bucket, key))
	case r.Method == http.MethodDelete && upload:
		needs = append(needs, w.object("AbortMultipartUpload", bucket, key))
	case r.Method == http.MethodDelete:
		needs = append(needs, w.object("DeleteObject"+version, bucket, key))
		if strings.EqualFold(r.Header.Get("X-Amz-Bypass-Governance-Retention"), "true") {
			needs = append(needs, w.object("BypassGovernanceRetention", bucket, key))
		}
	case r.Method == http.MethodPut, r.Method == http.MethodPost && upload:
		needs = append(needs, w.object("PutObject", bucket, key))
		return what, append(needs, w.besides(r.Header, bucket, key)...), nil
	default:
		return what, nil, errUnknown
	}
	return what, needs, nil
}

// besides is what the headers of a write need in addition.
func (w words) besides(h http.Header, bucket, key string) (needs []need) {
	if from := h.Get("X-Amz-Copy-Source"); from != "" {
		if name, err := url.PathUnescape(strings.TrimPrefix(from, "/")); err == nil {
			from = name
		}
		from, version, versioned := strings.Cut(from, "?versionId=")
		source, sourceKey, _ := strings.Cut(strings.TrimPrefix(from, "/"), "/")
		action := "GetObject"
		if versioned && version != "" {
			action = "GetObjectVersion"
		}
		needs = append(needs, w.object(action, source, sourceKey))
	}
	// A tag can be tried until it fits: comparing is reading.
	if h.Get("If-Match") != "" {
		needs = append(needs, w.object("GetObject", bucket, key))
	}
	for _, extra := range []struct{ header, action string }{
		{"X-Amz-Tagging", "PutObjectTagging"}, {"X-Amz-Acl", "PutObjectAcl"},
		{"X-Amz-Object-Lock-Mode", "PutObjectRetention"}, {"X-Amz-Object-Lock-Legal-Hold", "PutObjectLegalHold"},
	} {
		if h.Get(extra.header) != "" {
			needs = append(needs, w.object(extra.action, bucket, key))
		}
	}
	return needs
}
