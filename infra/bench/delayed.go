package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"ksbb/infra/local/engine"
)

const (
	// requestDelay is what any request to the tables waits for besides the work,
	// transactDelay one of a transaction and itemDelay each item of that;
	// objectDelay one to the bucket. They are stated, not measured.
	requestDelay  = 10 * time.Millisecond
	transactDelay = 20 * time.Millisecond
	itemDelay     = 500 * time.Microsecond
	objectDelay   = 30 * time.Millisecond
	// keyUnits is what one partition key is granted in a second; what asks for
	// more is turned away, as DynamoDB does.
	keyUnits = 1000
	// pageBytes is how much one page of a query holds.
	pageBytes = 1 << 20
)

// delayed answers the requests that an import makes to the tables as DynamoDB
// does, after a stated delay and as far as a partition key is granted it, and
// counts what they cost. It keeps what is put, whole; it takes every condition to
// hold and every update to be made, for the lists that are measured meet nobody.
// That the conditions are right is what the tests of the store try on the engine.
type delayed struct {
	mu          sync.Mutex
	partitions  map[string]map[string]kept // by table and partition key, then by sort key
	requests    map[string]int
	items       int
	units       int
	turnedAway  int
	connections int
	second      map[string]load
	hottest     load
	hottestKey  string
}

// kept is an item: its JSON, and how large it is.
type kept struct {
	text json.RawMessage
	size int
}

// load is what one partition key took in a second.
type load struct {
	second int64
	units  int
}

// startDelayed starts the store at a URL.
func startDelayed() (*delayed, *httptest.Server) {
	d := &delayed{partitions: map[string]map[string]kept{}}
	d.forget()
	server := httptest.NewUnstartedServer(d)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			d.mu.Lock()
			d.connections++
			d.mu.Unlock()
		}
	}
	server.Start()
	return d, server
}

// delayedObjects stands before the engine of the buckets and waits.
func delayedObjects(e *engine.Engine) (*httptest.Server, error) {
	to, err := url.Parse(e.URL)
	if err != nil {
		return nil, fmt.Errorf("read address of %s: %w", e.URL, err)
	}
	proxy := &httputil.ReverseProxy{Director: func(r *http.Request) { r.URL.Scheme, r.URL.Host = to.Scheme, to.Host }} // the signature covers Host
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(objectDelay)
		proxy.ServeHTTP(w, r)
	})), nil
}

// forget begins to count anew.
func (d *delayed) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.requests, d.second = map[string]int{}, map[string]load{}
	d.items, d.units, d.turnedAway, d.connections, d.hottest, d.hottestKey = 0, 0, 0, 0, load{}, ""
}

// calls lists the requests by operation.
func (d *delayed) calls() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(d.requests)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, d.requests[name]))
	}
	return strings.Join(parts, ", ")
}

// target is an item that a request names or brings.
type target struct {
	TableName string
	Item, Key map[string]json.RawMessage
}

type demand struct {
	target
	ExpressionAttributeValues map[string]json.RawMessage
	KeyConditionExpression    string
	ExclusiveStartKey         map[string]json.RawMessage
	ScanIndexForward          *bool
	Limit                     int
	RequestItems              map[string]json.RawMessage
	TransactItems             []struct{ Put, Update, Delete, ConditionCheck *target }
}

// ServeHTTP answers one request.
func (d *delayed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in demand
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	wait := requestDelay
	if operation == "TransactWriteItems" {
		wait = transactDelay + time.Duration(len(in.TransactItems))*itemDelay
	}
	time.Sleep(wait)
	d.mu.Lock()
	answer, err := d.answer(operation, in)
	d.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if err == errThrottled {
		answer = map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "message": "throttled"}
		if operation == "TransactWriteItems" {
			answer["__type"] = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
			answer["CancellationReasons"] = []map[string]string{{"Code": "ThrottlingError"}}
		}
		w.WriteHeader(http.StatusBadRequest)
	} else if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(answer) // whoever asked may be gone
}

var errThrottled = errors.New("throttled")

// granted tells whether the writes may be made in this second.
func (d *delayed) granted(times int, writes ...*target) bool {
	now, asked := time.Now().Unix(), map[string]int{}
	for _, t := range writes {
		place, _, size := d.place(*t)
		asked[place] += times * unitsOf(size)
		if l := d.second[place]; l.second == now && l.units > 0 && l.units+asked[place] > keyUnits {
			d.turnedAway++
			return false
		}
	}
	return true
}

// place returns where an item lies, and how large it is.
func (d *delayed) place(t target) (place, sk string, size int) {
	key := t.Key
	if t.Item != nil {
		key = t.Item
	}
	place, sk = t.TableName+text(key["PK"]), text(key["SK"])
	if t.Item == nil {
		return place, sk, d.partitions[place][sk].size
	}
	for name, value := range t.Item {
		const around = len(`{"S":""}`)
		size += len(name) + max(1, len(value)-around)
	}
	return place, sk, size
}

func unitsOf(size int) int { return max(1, int(math.Ceil(float64(size)/1024))) }

func (d *delayed) answer(operation string, in demand) (map[string]any, error) {
	d.requests[operation]++
	answer := map[string]any{}
	switch operation {
	case "GetItem":
		if it, ok := d.partitions[in.TableName+text(in.Key["PK"])][text(in.Key["SK"])]; ok {
			answer["Item"] = it.text
		}
	case "PutItem", "UpdateItem":
		if !d.granted(1, &in.target) {
			return nil, errThrottled
		}
		d.write(in.target, 1)
	case "Query":
		return d.query(in), nil
	case "BatchGetItem":
		responses := map[string][]json.RawMessage{}
		for table, raw := range in.RequestItems {
			var wanted struct{ Keys []map[string]json.RawMessage }
			if err := json.Unmarshal(raw, &wanted); err != nil {
				return nil, err
			}
			for _, k := range wanted.Keys {
				if it, ok := d.partitions[table+text(k["PK"])][text(k["SK"])]; ok {
					responses[table] = append(responses[table], it.text)
				}
			}
		}
		answer["Responses"], answer["UnprocessedKeys"] = responses, map[string]any{}
	case "BatchWriteItem":
		left := map[string][]any{}
		for table, raw := range in.RequestItems {
			var puts []struct {
				PutRequest struct{ Item map[string]json.RawMessage }
			}
			if err := json.Unmarshal(raw, &puts); err != nil {
				return nil, err
			}
			for _, p := range puts {
				t := target{TableName: table, Item: p.PutRequest.Item}
				if !d.granted(1, &t) {
					left[table] = append(left[table], p)
					continue
				}
				d.write(t, 1)
			}
		}
		answer["UnprocessedItems"] = left
	case "TransactWriteItems":
		var writes []*target
		for _, part := range in.TransactItems {
			for _, t := range []*target{part.Put, part.Update, part.Delete, part.ConditionCheck} {
				if t != nil {
					writes = append(writes, t)
				}
			}
		}
		const times = 2 // what a transaction costs each item
		if !d.granted(times, writes...) {
			return nil, errThrottled
		}
		for _, t := range writes {
			d.write(*t, times)
		}
	default:
		return nil, fmt.Errorf("no import asks for %s", operation)
	}
	return answer, nil
}

// write keeps an item that is put, and counts what a write costs at least: a
// unit for each kilobyte of the item, and one for each index that it stands in.
func (d *delayed) write(t target, times int) {
	place, sk, size := d.place(t)
	units := times * unitsOf(size)
	indexes := 0
	if t.Item != nil {
		raw, _ := json.Marshal(t.Item) // it was JSON
		if d.partitions[place] == nil {
			d.partitions[place] = map[string]kept{}
		}
		d.partitions[place][sk] = kept{raw, size}
		for _, index := range []string{"work", "dueShard"} {
			if _, in := t.Item[index]; in {
				indexes++
			}
		}
	}
	d.items++
	d.units += units + indexes
	now := time.Now().Unix()
	l := d.second[place]
	if l.second != now {
		l = load{second: now}
	}
	if l.units += units; l.units > d.hottest.units {
		d.hottest, d.hottestKey = l, strings.TrimPrefix(place, t.TableName)
	}
	d.second[place] = l
}

// query answers one page.
func (d *delayed) query(in demand) map[string]any {
	partition := d.partitions[in.TableName+text(in.ExpressionAttributeValues[":pk"])]
	var bounds []string
	for _, name := range slices.Sorted(maps.Keys(in.ExpressionAttributeValues)) { // ":from" before ":to"
		if name != ":pk" {
			bounds = append(bounds, text(in.ExpressionAttributeValues[name]))
		}
	}
	names := slices.Sorted(maps.Keys(partition))
	names = slices.DeleteFunc(names, func(sk string) bool {
		switch c := in.KeyConditionExpression; {
		case len(bounds) == 0:
			return false
		case strings.Contains(c, "begins_with"):
			return !strings.HasPrefix(sk, bounds[0])
		case strings.Contains(c, "BETWEEN"):
			return sk < bounds[0] || sk > bounds[1]
		case strings.Contains(c, ">="):
			return sk < bounds[0]
		}
		return sk >= bounds[0]
	})
	if in.ScanIndexForward != nil && !*in.ScanIndexForward {
		slices.Reverse(names)
	}
	if in.ExclusiveStartKey != nil {
		names = names[slices.Index(names, text(in.ExclusiveStartKey["SK"]))+1:]
	}
	items, size := []json.RawMessage{}, 0
	answer := map[string]any{}
	for n, sk := range names {
		items = append(items, partition[sk].text)
		if size += partition[sk].size; (size >= pageBytes || len(items) == in.Limit) && n < len(names)-1 {
			answer["LastEvaluatedKey"] = map[string]any{"PK": in.ExpressionAttributeValues[":pk"], "SK": map[string]string{"S": sk}}
			break
		}
	}
	answer["Items"], answer["Count"], answer["ScannedCount"] = items, len(items), len(items)
	return answer
}

// text reads a text attribute.
func text(raw json.RawMessage) string {
	var v struct{ S string }
	_ = json.Unmarshal(raw, &v) // anything else is no key
	return v.S
}
