// The calendar of the simulator (world/engine.py and world/waiting_lists.py): who comes when, and to whom. What a week does to
// one client or therapist is compiled from the simulator's own code (explorer/live).
"use strict";

// `module`: what the compiled simulator exports. `layout`: slots of its memory by block ("p" parameters, "t" a therapist,
// "c" a client in session, "n" and "s" what is the same of each client and session at any setting). `design`: therapists and
// services of a replicate, number of the first client on each list, and how many of a client's sessions are kept.
function Calendar(module, layout, design) {
  const memory = new Float64Array(module.memory.buffer), NUMBER = 8, ENDED = -2;  // as in live/kernels.py
  const { p, t: T, c: C } = layout;
  const [parameters, ofTherapist, ofClient, ofPerson, ofSession] = ["p", "t", "c", "n", "s"].map(block => Object.keys(layout[block]).length);
  const each = Math.ceil(design.therapists / design.services);
  const therapists = Array.from({ length: each }, (_, i) => parameters + i * ofTherapist);
  const spare = [];  // blocks of clients who have gone
  const lists = [], lasting = ofPerson + design.kept * ofSession;  // of each therapist's list, what lasts
  const further = memory.length - ofSession;  // for sessions that are not kept
  let free = parameters + each * ofTherapist, kept = further;  // from below and from above

  const bytes = slot => slot * NUMBER;

  function newBlock() {
    if (!spare.length) { spare.push(free); free += ofClient; }
    const slot = spare.pop();
    memory.fill(0, slot, slot + ofClient);
    return slot;
  }

  function listOf(person, clients) {
    if (!lists[person]) lists[person] = { first: kept -= clients * lasting, known: new Uint8Array(clients) };
    return lists[person];
  }

  // Where the sliders stand and which preventions are on, by the names of the parameters.
  function set(values) {
    for (const [name, value] of Object.entries(values)) memory[p[name]] = value;
  }

  function employ(slot, replicate, index, service) {
    memory[slot + T.replicate] = replicate;
    memory[slot + T.index] = index;
    memory[slot + T.service] = service;
    module.employ(bytes(slot));
    const waiting = memory[slot + T.clients], list = listOf(replicate * design.therapists + index, waiting);
    return { slot, index, list, came: 0, seated: 0, free: memory[slot + T.caseload], waiting };
  }

  // One service of a replicate, from the first week until all have ended and `weeks` are over. `see` is told of each session
  // (client, its number, slot), of each client's end (the same), and of each therapist's week (week, number, slot, clients in session).
  function service(replicate, number, weeks, see) {
    const staff = therapists.slice(0, Math.ceil((design.therapists - number) / design.services))
      .map((slot, i) => employ(slot, replicate, number + i * design.services, number));
    let seated = [], queue = [];

    function seat(client, who) {
      who.free--;
      who.seated++;
      client.with = who;
      seated.push(client);
    }

    function fill(week) {
      const later = [];
      for (const client of queue) if (client.to.free > 0) seat(client, client.to); else later.push(client);
      queue = later;
      for (const who of staff) {
        while (who.free > 0 && who.came < who.waiting) {
          const slot = newBlock(), { list, came } = who, index = design.first + came, own = list.first + came * lasting;
          memory[slot + C.index] = index;
          if (list.known[came] === 0) module.know_begin(bytes(own), bytes(slot), bytes(who.slot), week);
          module.begin(bytes(own), bytes(slot), bytes(who.slot), week);
          seat({ slot, home: who.index, index, list, came, sessions: own + ofPerson }, who);
          who.came++;
        }
      }
    }

    function leave(who) {
      who.free++;
      who.seated--;
    }

    // Where the draws of a client's next session are.
    function draws({ slot, list, came, sessions, with: who }) {
      const session = memory[slot + C.session]++, of = session < design.kept ? sessions + session * ofSession : further;
      if (session >= list.known[came] || session >= design.kept) {
        module.know_meet(bytes(of), bytes(slot), bytes(who.slot));
        module.know_move(bytes(of), bytes(slot), bytes(who.slot));
        if (session < design.kept) list.known[came]++;
      }
      return of;
    }

    // A client's week; whether they come again next week, to the same therapist.
    function stays(client, referred) {
      const { slot } = client, who = client.with, of = draws(client), to = module.week(bytes(of), bytes(slot), bytes(who.slot));
      see.session(client, slot);
      if (to >= 0) {
        client.to = staff[(to - number) / design.services];
        module.arrive(bytes(slot), bytes(client.to.slot));
        referred.push(client);
      } else if (to === ENDED) {
        see.end(client, slot);
        spare.push(slot);
      } else return true;
      leave(who);
      return false;
    }

    for (let week = 0; ; week++) {
      if (week > 0 && week % 52 === 0) for (const who of staff) module.turn(bytes(who.slot), week / 52);
      fill(week);
      if (seated.length === 0 && week >= weeks) return;
      for (const who of staff) who.met = who.seated;
      const referred = [];
      let staying = 0;
      for (const client of seated) if (stays(client, referred)) seated[staying++] = client;
      seated.length = staying;
      if (week < weeks) for (const who of staff) see.week(week, who.index, who.slot, who.met);
      queue.push(...referred.sort((a, b) => a.home - b.home || a.index - b.index));
      for (const who of staff) module.rest(bytes(who.slot), week);
    }
  }

  return { set, service, memory };
}
