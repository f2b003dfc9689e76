// The services shared among workers, each of which simulates its part of them while the page answers.
"use strict";

const MOST_WORKERS = 4;  // each has a memory of its own

// What a worker runs, which is sent what is given once, then settings.
function work() {
  let services = null;
  async function answer({ setting, mine }) {
    const { number, empty, simulate } = await services, found = empty();
    for (let service = mine.first; service < number; service += mine.each) simulate(found, setting, service);
    self.postMessage(found);
  }
  self.onmessage = ({ data }) => {
    if (data.given) services = Services(data.given);
    else answer(data).catch(error => setTimeout(() => { throw error; }));  // where the page hears of it
  };
}

// Null where there are no workers, or no second processor that they could use.
function Workers(given) {
  const number = Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 1);
  if (number < 2 || !window.Worker) return null;
  const code = URL.createObjectURL(new Blob([`"use strict";${Calendar}${Services}(${work})();`], { type: "text/javascript" }));
  const workers = Array.from({ length: number }, () => new Worker(code));
  for (const worker of workers) worker.postMessage({ given });
  const fault = new Promise((_, fail) => {
    for (const worker of workers) worker.onerror = event => { event.preventDefault(); fail(event); };
  });
  fault.catch(() => null);  // whoever asks next is told

  // What is in other places of the same arrays; where a service is not a worker's own there is 0.
  function add(sum, part) {
    for (const [name, value] of Object.entries(part)) {
      if (!ArrayBuffer.isView(value)) add(sum[name], value);
      else for (let i = 0; i < value.length; i++) sum[name][i] += value[i];
    }
    return sum;
  }

  // One setting after the other, so that answers come in the order of the questions.
  let before = Promise.resolve();
  function simulate(setting) {
    const answers = before.then(() => Promise.race([fault, Promise.all(workers.map((worker, first) => new Promise(answer => {
      worker.onmessage = ({ data }) => answer(data);
      worker.postMessage({ setting, mine: { first, each: number } });
    })))]));
    before = answers.catch(() => null);
    return answers.then(([first, ...others]) => others.reduce(add, first));
  }

  return { simulate };
}
