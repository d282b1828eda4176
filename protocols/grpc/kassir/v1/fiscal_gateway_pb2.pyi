from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReceiptType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECEIPT_TYPE_UNSPECIFIED: _ClassVar[ReceiptType]
    RECEIPT_TYPE_SALE: _ClassVar[ReceiptType]
    RECEIPT_TYPE_REFUND: _ClassVar[ReceiptType]
    RECEIPT_TYPE_PURCHASE: _ClassVar[ReceiptType]
    RECEIPT_TYPE_PURCHASE_REFUND: _ClassVar[ReceiptType]
    RECEIPT_TYPE_CORRECTION: _ClassVar[ReceiptType]

class PaymentMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_METHOD_UNSPECIFIED: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CASH: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CARD: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_ACQUIRING: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_PREPAID: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CREDIT: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_OTHER: _ClassVar[PaymentMethod]
RECEIPT_TYPE_UNSPECIFIED: ReceiptType
RECEIPT_TYPE_SALE: ReceiptType
RECEIPT_TYPE_REFUND: ReceiptType
RECEIPT_TYPE_PURCHASE: ReceiptType
RECEIPT_TYPE_PURCHASE_REFUND: ReceiptType
RECEIPT_TYPE_CORRECTION: ReceiptType
PAYMENT_METHOD_UNSPECIFIED: PaymentMethod
PAYMENT_METHOD_CASH: PaymentMethod
PAYMENT_METHOD_CARD: PaymentMethod
PAYMENT_METHOD_ACQUIRING: PaymentMethod
PAYMENT_METHOD_PREPAID: PaymentMethod
PAYMENT_METHOD_CREDIT: PaymentMethod
PAYMENT_METHOD_OTHER: PaymentMethod

class CreateReceiptRequest(_message.Message):
    __slots__ = ("idempotency_key", "receipt")
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    idempotency_key: str
    receipt: Receipt
    def __init__(self, idempotency_key: _Optional[str] = ..., receipt: _Optional[_Union[Receipt, _Mapping]] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("pos_id", "type", "items", "payments", "customer", "correction", "cashier", "taxation", "buyer", "requisite", "note", "place", "internet", "paperless", "header", "footer")
    POS_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_FIELD_NUMBER: _ClassVar[int]
    CASHIER_FIELD_NUMBER: _ClassVar[int]
    TAXATION_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    REQUISITE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    INTERNET_FIELD_NUMBER: _ClassVar[int]
    PAPERLESS_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    FOOTER_FIELD_NUMBER: _ClassVar[int]
    pos_id: str
    type: ReceiptType
    items: _containers.RepeatedCompositeFieldContainer[Item]
    payments: _containers.RepeatedCompositeFieldContainer[Payment]
    customer: Customer
    correction: Correction
    cashier: Cashier
    taxation: int
    buyer: Buyer
    requisite: Requisite
    note: str
    place: str
    internet: bool
    paperless: bool
    header: _containers.RepeatedScalarFieldContainer[str]
    footer: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, pos_id: _Optional[str] = ..., type: _Optional[_Union[ReceiptType, str]] = ..., items: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., payments: _Optional[_Iterable[_Union[Payment, _Mapping]]] = ..., customer: _Optional[_Union[Customer, _Mapping]] = ..., correction: _Optional[_Union[Correction, _Mapping]] = ..., cashier: _Optional[_Union[Cashier, _Mapping]] = ..., taxation: _Optional[int] = ..., buyer: _Optional[_Union[Buyer, _Mapping]] = ..., requisite: _Optional[_Union[Requisite, _Mapping]] = ..., note: _Optional[str] = ..., place: _Optional[str] = ..., internet: _Optional[bool] = ..., paperless: _Optional[bool] = ..., header: _Optional[_Iterable[str]] = ..., footer: _Optional[_Iterable[str]] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ("name", "quantity", "price_kopecks", "vat", "discount_kopecks", "sku", "payment_method", "payment_object", "measure", "agent", "supplier", "mark_code", "mark", "excise_kopecks", "country", "customs_declaration", "additional", "department")
    NAME_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    PRICE_KOPECKS_FIELD_NUMBER: _ClassVar[int]
    VAT_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_KOPECKS_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_METHOD_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_OBJECT_FIELD_NUMBER: _ClassVar[int]
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    SUPPLIER_FIELD_NUMBER: _ClassVar[int]
    MARK_CODE_FIELD_NUMBER: _ClassVar[int]
    MARK_FIELD_NUMBER: _ClassVar[int]
    EXCISE_KOPECKS_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CUSTOMS_DECLARATION_FIELD_NUMBER: _ClassVar[int]
    ADDITIONAL_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_FIELD_NUMBER: _ClassVar[int]
    name: str
    quantity: str
    price_kopecks: int
    vat: str
    discount_kopecks: int
    sku: str
    payment_method: int
    payment_object: int
    measure: int
    agent: Agent
    supplier: Supplier
    mark_code: str
    mark: Mark
    excise_kopecks: int
    country: str
    customs_declaration: str
    additional: str
    department: int
    def __init__(self, name: _Optional[str] = ..., quantity: _Optional[str] = ..., price_kopecks: _Optional[int] = ..., vat: _Optional[str] = ..., discount_kopecks: _Optional[int] = ..., sku: _Optional[str] = ..., payment_method: _Optional[int] = ..., payment_object: _Optional[int] = ..., measure: _Optional[int] = ..., agent: _Optional[_Union[Agent, _Mapping]] = ..., supplier: _Optional[_Union[Supplier, _Mapping]] = ..., mark_code: _Optional[str] = ..., mark: _Optional[_Union[Mark, _Mapping]] = ..., excise_kopecks: _Optional[int] = ..., country: _Optional[str] = ..., customs_declaration: _Optional[str] = ..., additional: _Optional[str] = ..., department: _Optional[int] = ...) -> None: ...

class Agent(_message.Message):
    __slots__ = ("kind", "operation", "phones", "acceptor_phones", "transfer_phones", "transfer_name", "transfer_address", "transfer_inn")
    KIND_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    PHONES_FIELD_NUMBER: _ClassVar[int]
    ACCEPTOR_PHONES_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_PHONES_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_NAME_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_INN_FIELD_NUMBER: _ClassVar[int]
    kind: int
    operation: str
    phones: _containers.RepeatedScalarFieldContainer[str]
    acceptor_phones: _containers.RepeatedScalarFieldContainer[str]
    transfer_phones: _containers.RepeatedScalarFieldContainer[str]
    transfer_name: str
    transfer_address: str
    transfer_inn: str
    def __init__(self, kind: _Optional[int] = ..., operation: _Optional[str] = ..., phones: _Optional[_Iterable[str]] = ..., acceptor_phones: _Optional[_Iterable[str]] = ..., transfer_phones: _Optional[_Iterable[str]] = ..., transfer_name: _Optional[str] = ..., transfer_address: _Optional[str] = ..., transfer_inn: _Optional[str] = ...) -> None: ...

class Supplier(_message.Message):
    __slots__ = ("inn", "name", "phones")
    INN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PHONES_FIELD_NUMBER: _ClassVar[int]
    inn: str
    name: str
    phones: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, inn: _Optional[str] = ..., name: _Optional[str] = ..., phones: _Optional[_Iterable[str]] = ...) -> None: ...

class Mark(_message.Message):
    __slots__ = ("code", "status", "fraction")
    CODE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    code: str
    status: int
    fraction: str
    def __init__(self, code: _Optional[str] = ..., status: _Optional[int] = ..., fraction: _Optional[str] = ...) -> None: ...

class Payment(_message.Message):
    __slots__ = ("method", "amount_kopecks")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_KOPECKS_FIELD_NUMBER: _ClassVar[int]
    method: PaymentMethod
    amount_kopecks: int
    def __init__(self, method: _Optional[_Union[PaymentMethod, str]] = ..., amount_kopecks: _Optional[int] = ...) -> None: ...

class Customer(_message.Message):
    __slots__ = ("email", "phone")
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    email: str
    phone: str
    def __init__(self, email: _Optional[str] = ..., phone: _Optional[str] = ...) -> None: ...

class Correction(_message.Message):
    __slots__ = ("date", "ordered", "number", "of")
    DATE_FIELD_NUMBER: _ClassVar[int]
    ORDERED_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    OF_FIELD_NUMBER: _ClassVar[int]
    date: str
    ordered: bool
    number: str
    of: ReceiptType
    def __init__(self, date: _Optional[str] = ..., ordered: _Optional[bool] = ..., number: _Optional[str] = ..., of: _Optional[_Union[ReceiptType, str]] = ...) -> None: ...

class Cashier(_message.Message):
    __slots__ = ("name", "inn")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INN_FIELD_NUMBER: _ClassVar[int]
    name: str
    inn: str
    def __init__(self, name: _Optional[str] = ..., inn: _Optional[str] = ...) -> None: ...

class Buyer(_message.Message):
    __slots__ = ("name", "inn")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INN_FIELD_NUMBER: _ClassVar[int]
    name: str
    inn: str
    def __init__(self, name: _Optional[str] = ..., inn: _Optional[str] = ...) -> None: ...

class Requisite(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class CreateReceiptResponse(_message.Message):
    __slots__ = ("receipt_id", "printed", "refusal", "answer_json")
    RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    PRINTED_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    ANSWER_JSON_FIELD_NUMBER: _ClassVar[int]
    receipt_id: str
    printed: Printed
    refusal: Refusal
    answer_json: str
    def __init__(self, receipt_id: _Optional[str] = ..., printed: _Optional[_Union[Printed, _Mapping]] = ..., refusal: _Optional[_Union[Refusal, _Mapping]] = ..., answer_json: _Optional[str] = ...) -> None: ...

class Printed(_message.Message):
    __slots__ = ("buffered", "fiscal_doc", "buffer_info", "pos_id", "printed_on")
    BUFFERED_FIELD_NUMBER: _ClassVar[int]
    FISCAL_DOC_FIELD_NUMBER: _ClassVar[int]
    BUFFER_INFO_FIELD_NUMBER: _ClassVar[int]
    POS_ID_FIELD_NUMBER: _ClassVar[int]
    PRINTED_ON_FIELD_NUMBER: _ClassVar[int]
    buffered: bool
    fiscal_doc: FiscalDocument
    buffer_info: BufferInfo
    pos_id: str
    printed_on: str
    def __init__(self, buffered: _Optional[bool] = ..., fiscal_doc: _Optional[_Union[FiscalDocument, _Mapping]] = ..., buffer_info: _Optional[_Union[BufferInfo, _Mapping]] = ..., pos_id: _Optional[str] = ..., printed_on: _Optional[str] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("code", "message", "details_json")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    DETAILS_JSON_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    details_json: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., details_json: _Optional[str] = ...) -> None: ...

class FiscalDocument(_message.Message):
    __slots__ = ("fn", "fd", "fp", "fiscal_datetime", "shift_number", "receipt_number", "kkt_number", "total_kopecks", "qr")
    FN_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    FP_FIELD_NUMBER: _ClassVar[int]
    FISCAL_DATETIME_FIELD_NUMBER: _ClassVar[int]
    SHIFT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    KKT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    TOTAL_KOPECKS_FIELD_NUMBER: _ClassVar[int]
    QR_FIELD_NUMBER: _ClassVar[int]
    fn: str
    fd: str
    fp: str
    fiscal_datetime: str
    shift_number: int
    receipt_number: int
    kkt_number: str
    total_kopecks: int
    qr: str
    def __init__(self, fn: _Optional[str] = ..., fd: _Optional[str] = ..., fp: _Optional[str] = ..., fiscal_datetime: _Optional[str] = ..., shift_number: _Optional[int] = ..., receipt_number: _Optional[int] = ..., kkt_number: _Optional[str] = ..., total_kopecks: _Optional[int] = ..., qr: _Optional[str] = ...) -> None: ...

class BufferInfo(_message.Message):
    __slots__ = ("queue_position", "total_queued", "estimated_sync_time")
    QUEUE_POSITION_FIELD_NUMBER: _ClassVar[int]
    TOTAL_QUEUED_FIELD_NUMBER: _ClassVar[int]
    ESTIMATED_SYNC_TIME_FIELD_NUMBER: _ClassVar[int]
    queue_position: int
    total_queued: int
    estimated_sync_time: str
    def __init__(self, queue_position: _Optional[int] = ..., total_queued: _Optional[int] = ..., estimated_sync_time: _Optional[str] = ...) -> None: ...

class GetReceiptRequest(_message.Message):
    __slots__ = ("receipt_id",)
    RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    receipt_id: str
    def __init__(self, receipt_id: _Optional[str] = ...) -> None: ...

class ReceiptLife(_message.Message):
    __slots__ = ("receipt_id", "status", "state", "created_at", "pos_id", "printed_on", "type", "printed_at", "synced_at", "fiscal_doc", "retry_count", "last_error", "life_json")
    RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    POS_ID_FIELD_NUMBER: _ClassVar[int]
    PRINTED_ON_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PRINTED_AT_FIELD_NUMBER: _ClassVar[int]
    SYNCED_AT_FIELD_NUMBER: _ClassVar[int]
    FISCAL_DOC_FIELD_NUMBER: _ClassVar[int]
    RETRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_FIELD_NUMBER: _ClassVar[int]
    LIFE_JSON_FIELD_NUMBER: _ClassVar[int]
    receipt_id: str
    status: str
    state: str
    created_at: str
    pos_id: str
    printed_on: str
    type: str
    printed_at: str
    synced_at: str
    fiscal_doc: FiscalDocument
    retry_count: int
    last_error: str
    life_json: str
    def __init__(self, receipt_id: _Optional[str] = ..., status: _Optional[str] = ..., state: _Optional[str] = ..., created_at: _Optional[str] = ..., pos_id: _Optional[str] = ..., printed_on: _Optional[str] = ..., type: _Optional[str] = ..., printed_at: _Optional[str] = ..., synced_at: _Optional[str] = ..., fiscal_doc: _Optional[_Union[FiscalDocument, _Mapping]] = ..., retry_count: _Optional[int] = ..., last_error: _Optional[str] = ..., life_json: _Optional[str] = ...) -> None: ...

class BufferStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BufferStatusResponse(_message.Message):
    __slots__ = ("total_capacity", "current_queued", "percent_full", "receipts", "failed", "dead", "oldest_receipt_id", "oldest_created_at", "network_status", "last_sync", "alerts", "disk_full")
    class ReceiptsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    TOTAL_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    CURRENT_QUEUED_FIELD_NUMBER: _ClassVar[int]
    PERCENT_FULL_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    DEAD_FIELD_NUMBER: _ClassVar[int]
    OLDEST_RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    OLDEST_CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    NETWORK_STATUS_FIELD_NUMBER: _ClassVar[int]
    LAST_SYNC_FIELD_NUMBER: _ClassVar[int]
    ALERTS_FIELD_NUMBER: _ClassVar[int]
    DISK_FULL_FIELD_NUMBER: _ClassVar[int]
    total_capacity: int
    current_queued: int
    percent_full: float
    receipts: _containers.ScalarMap[str, int]
    failed: int
    dead: int
    oldest_receipt_id: str
    oldest_created_at: str
    network_status: str
    last_sync: str
    alerts: _containers.RepeatedCompositeFieldContainer[Alert]
    disk_full: bool
    def __init__(self, total_capacity: _Optional[int] = ..., current_queued: _Optional[int] = ..., percent_full: _Optional[float] = ..., receipts: _Optional[_Mapping[str, int]] = ..., failed: _Optional[int] = ..., dead: _Optional[int] = ..., oldest_receipt_id: _Optional[str] = ..., oldest_created_at: _Optional[str] = ..., network_status: _Optional[str] = ..., last_sync: _Optional[str] = ..., alerts: _Optional[_Iterable[_Union[Alert, _Mapping]]] = ..., disk_full: _Optional[bool] = ...) -> None: ...

class HealthRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class HealthResponse(_message.Message):
    __slots__ = ("status", "network_status", "components_json", "alerts")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATUS_UNSPECIFIED: _ClassVar[HealthResponse.Status]
        STATUS_HEALTHY: _ClassVar[HealthResponse.Status]
        STATUS_DEGRADED: _ClassVar[HealthResponse.Status]
        STATUS_UNHEALTHY: _ClassVar[HealthResponse.Status]
    STATUS_UNSPECIFIED: HealthResponse.Status
    STATUS_HEALTHY: HealthResponse.Status
    STATUS_DEGRADED: HealthResponse.Status
    STATUS_UNHEALTHY: HealthResponse.Status
    STATUS_FIELD_NUMBER: _ClassVar[int]
    NETWORK_STATUS_FIELD_NUMBER: _ClassVar[int]
    COMPONENTS_JSON_FIELD_NUMBER: _ClassVar[int]
    ALERTS_FIELD_NUMBER: _ClassVar[int]
    status: HealthResponse.Status
    network_status: str
    components_json: str
    alerts: _containers.RepeatedCompositeFieldContainer[Alert]
    def __init__(self, status: _Optional[_Union[HealthResponse.Status, str]] = ..., network_status: _Optional[str] = ..., components_json: _Optional[str] = ..., alerts: _Optional[_Iterable[_Union[Alert, _Mapping]]] = ...) -> None: ...

class Alert(_message.Message):
    __slots__ = ("code", "level", "message", "message_ru", "pos_id")
    CODE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_RU_FIELD_NUMBER: _ClassVar[int]
    POS_ID_FIELD_NUMBER: _ClassVar[int]
    code: str
    level: str
    message: str
    message_ru: str
    pos_id: str
    def __init__(self, code: _Optional[str] = ..., level: _Optional[str] = ..., message: _Optional[str] = ..., message_ru: _Optional[str] = ..., pos_id: _Optional[str] = ...) -> None: ...

class WatchStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StatusEvent(_message.Message):
    __slots__ = ("number", "snapshot", "change", "heartbeat")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    number: int
    snapshot: Snapshot
    change: Change
    heartbeat: Heartbeat
    def __init__(self, number: _Optional[int] = ..., snapshot: _Optional[_Union[Snapshot, _Mapping]] = ..., change: _Optional[_Union[Change, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ...) -> None: ...

class Snapshot(_message.Message):
    __slots__ = ("components_json",)
    class ComponentsJsonEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMPONENTS_JSON_FIELD_NUMBER: _ClassVar[int]
    components_json: _containers.ScalarMap[str, str]
    def __init__(self, components_json: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Change(_message.Message):
    __slots__ = ("component", "state_json")
    COMPONENT_FIELD_NUMBER: _ClassVar[int]
    STATE_JSON_FIELD_NUMBER: _ClassVar[int]
    component: str
    state_json: str
    def __init__(self, component: _Optional[str] = ..., state_json: _Optional[str] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
