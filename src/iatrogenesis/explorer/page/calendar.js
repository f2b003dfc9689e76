// The calendar of the simulator (world/engine.py and world/waiting_lists.py): who comes when, and to whom. What a week does to
// one client or therapist is compiled from the simulator's own code (explorer/live).
"use strict";

// `module`: what the compiled simulator exports. `layout`: slots of its memory by block ("p" parameters, "t" a therapist,
// "c" a client). `design`: therapists and services of a replicate, number of the first client on each list.
function Calendar(module, layout, design) {
  const memory = new Float64Array(module.memory.buffer), NUMBER = 8;
  const { p, t: T, c: C } = layout;
  const size = block => Object.keys(block).length;
  const each = Math.ceil(design.therapists / design.services);
  const therapists = Array.from({ length: each }, (_, i) => size(p) + i * size(T));
  const firstClient = size(p) + each * size(T);
  const spare = [];  // blocks of clients who have gone
  let made = 0;

  const bytes = slot => slot * NUMBER;
  const of = (slot, name, block) => memory[slot + block[name]];

  function newBlock() {
    const slot = spare.length ? spare.pop() : firstClient + made++ * size(C);
    memory.fill(0, slot, slot + size(C));
    return slot;
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
    return { slot, index, seated: 0, free: of(slot, "caseload", T), waiting: of(slot, "clients", T), next: design.first };
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
        while (who.free > 0 && who.waiting > 0) {
          const slot = newBlock();
          memory[slot + C.index] = who.next;
          module.begin(bytes(slot), bytes(who.slot), week);
          seat({ slot, home: who.index, index: who.next }, who);
          who.waiting--;
          who.next++;
        }
      }
    }

    function leave(who) {
      who.free++;
      who.seated--;
    }

    // Whether the client comes again next week, to the same therapist.
    function stays(client, referred) {
      const { slot } = client, who = client.with;
      if (of(slot, "end", C) > 0) {
        module.end(bytes(slot));
        see.end(client, slot);
        spare.push(slot);
        leave(who);
        return false;
      }
      module.move(bytes(slot), bytes(who.slot));
      const to = module.refer(bytes(slot), bytes(who.slot));
      if (to < 0) return true;
      client.to = staff[(to - number) / design.services];
      module.arrive(bytes(slot), bytes(client.to.slot));
      leave(who);
      referred.push(client);
      return false;
    }

    for (let week = 0; ; week++) {
      if (week > 0 && week % 52 === 0) for (const who of staff) module.turn(bytes(who.slot), week / 52);
      fill(week);
      if (seated.length === 0 && week >= weeks) return;
      for (const client of seated) {
        module.meet(bytes(client.slot), bytes(client.with.slot));
        see.session(client, client.slot);
      }
      if (week < weeks) for (const who of staff) see.week(week, who.index, who.slot, who.seated);
      const referred = [];
      seated = seated.filter(client => stays(client, referred));
      queue.push(...referred.sort((a, b) => a.home - b.home || a.index - b.index));
      for (const who of staff) module.rest(bytes(who.slot), week);
    }
  }

  return { set, service, memory };
}
