import type { FieldAction } from "../lib/orders";

/** An action that a crew took, kept until the server has it. `key` makes sending it twice harmless. */
export interface OutboxEntry {
  key: string;
  orderId: string;
  action: FieldAction;
  body: { client_time: string; lon?: number; lat?: number };
}

const DATABASE = "onemap-field";
const STORE = "outbox";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB refused to open"));
  });
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    return await new Promise<T>((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("the outbox could not be written"));
    });
  } finally {
    database.close();
  }
}

export const entries = (): Promise<OutboxEntry[]> => run("readonly", (store) => store.getAll() as IDBRequest<OutboxEntry[]>);

export const add = async (entry: OutboxEntry): Promise<void> => void (await run("readwrite", (store) => store.add(entry)));

/** Removes one entry; entries keep the order in which they were added, so the first with the key is the one. */
export async function remove(key: string): Promise<void> {
  const [ids, all] = await Promise.all([run("readonly", (store) => store.getAllKeys()), entries()]);
  const at = all.findIndex((entry) => entry.key === key);
  const id = ids[at];
  if (id !== undefined) await run("readwrite", (store) => store.delete(id));
}

export const clear = (): Promise<undefined> => run("readwrite", (store) => store.clear());
